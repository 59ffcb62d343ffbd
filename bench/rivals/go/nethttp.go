package main

import (
	"net/http"
	"net/url"
	"strings"
)

// netHTTP measures ServeMux.Handler of the installed Go. With GODEBUG=httpmuxgo121=1 this is the mux of Go 1.21, which
// has neither methods nor parameters. One request serves all lookups: the server makes it before the lookup.
type netHTTP struct {
	mux     *http.ServeMux
	request *http.Request
	called  int
	bytes   int
}

func newNetHTTP121(routes []route) rival {
	return makeNetHTTP(routes, func(route route) string { return route.pattern })
}

func newNetHTTP122(routes []route) rival {
	return makeNetHTTP(routes, func(route route) string {
		segments := strings.Split(route.pattern, "/")
		for i, segment := range segments {
			if strings.HasPrefix(segment, ":") {
				segments[i] = "{" + segment[1:] + "}"
			}
		}
		return route.method + " " + strings.Join(segments, "/")
	})
}

func makeNetHTTP(routes []route, patternOf func(route) string) rival {
	r := &netHTTP{mux: http.NewServeMux(), request: &http.Request{URL: &url.URL{}, Host: "localhost"}}
	for i, route := range routes {
		r.mux.HandleFunc(patternOf(route), func(_ http.ResponseWriter, request *http.Request) {
			r.called = i
			for _, segment := range strings.Split(route.pattern, "/") {
				if strings.HasPrefix(segment, ":") {
					r.bytes += len(request.PathValue(segment[1:]))
				}
			}
		})
	}
	return r
}

func (r *netHTTP) find(l *lookup) (http.Handler, string) {
	r.request.Method = l.method
	r.request.URL.Path = l.path
	return r.mux.Handler(r.request)
}

func (r *netHTTP) check(l *lookup) (int, int) {
	if _, pattern := r.find(l); pattern == "" {
		return noRoute, 0
	}
	r.bytes = 0
	r.mux.ServeHTTP(nil, r.request)
	return r.called, r.bytes
}

func (r *netHTTP) run(lookups []lookup, order []uint32) {
	for _, i := range order {
		sinkHandler, sinkPattern = r.find(&lookups[i])
	}
}

var (
	sinkHandler http.Handler
	sinkPattern string
)
