package main

import (
	"net"
	"net/http"
	"sync/atomic"
)

// counters are those of --stats-file that the Go runtime does not have. They cost one atomic addition per request.
type counters struct {
	requests, connections, responses4xx, responses5xx atomic.Uint64
}

// counting counts a request after its handler has returned. The answer is then still in net/http's buffer, so a client never has
// an answer that is not counted.
func (c *counters) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		c.requests.Add(1)
	})
}

// refused counts an answer that is not a success. The handlers call it: a writer that sees every status would cost each request
// an allocation.
func (c *counters) refused(status int) {
	if status < http.StatusInternalServerError {
		c.responses4xx.Add(1)
	} else {
		c.responses5xx.Add(1)
	}
}

// countingListener counts connections and passes them on unchanged.
type countingListener struct {
	net.Listener
	counters *counters
}

func (l *countingListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err == nil {
		l.counters.connections.Add(1)
	}
	return connection, err
}
