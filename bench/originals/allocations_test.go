package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// A reused ResponseWriter: what is counted is the handler's.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// The field that the load generators add to each request. net/http allocates its name and its value.
const traceField = "X-Trace-ID: 00000000-0000-4000-8000-000000000000\r\n"

// exchange sends a request and reads its answer, on one connection and without an allocation of its own.
type exchange struct {
	connection net.Conn
	request    []byte
	answer     []byte // a buffer that is as long as the answer
}

func newExchange(t *testing.T, address, path string) *exchange {
	t.Helper()
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	e := &exchange{connection: connection, request: []byte(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, address, traceField))}
	connection.Write(e.request)
	buffer := make([]byte, 64<<10)
	size, err := connection.Read(buffer)
	if err != nil || !bytes.HasPrefix(buffer, []byte("HTTP/1.1 200 ")) {
		t.Fatalf("GET %s: %q, %v", path, buffer[:size], err)
	}
	e.answer = make([]byte, size)
	return e
}

func (e *exchange) run() {
	if _, err := e.connection.Write(e.request); err != nil {
		panic(err)
	}
	if _, err := io.ReadFull(e.connection, e.answer); err != nil {
		panic(err)
	}
}

// readings returns the lines of a stats file.
func readings(t *testing.T, name string) []reading {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var found []reading
	for decoder := json.NewDecoder(bytes.NewReader(content)); decoder.More(); {
		var one reading
		if err := decoder.Decode(&one); err != nil {
			t.Fatal(err)
		}
		found = append(found, one)
	}
	return found
}

// The counts that the harness prints come from the stats file. They must be those of testing.AllocsPerRun for the same handler in
// the same server. The lines of the log are read by tests/harness/check_originals.
func TestTheStatsFileCountsAllocationsAsTestingDoes(t *testing.T) {
	const requests, tolerance = 20000, 0.1          // a collection empties pools, which costs a few allocations
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as in AllocsPerRun
	for router := range routers {
		handler, app := handlerOf(t, router)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: app.counters.counting(handler)}
		go server.Serve(&countingListener{listener, app.counters})
		for _, path := range []string{"/ping", "/json"} {
			one := newExchange(t, listener.Addr().String(), path)
			expected := testing.AllocsPerRun(1000, one.run)
			request, _ := http.NewRequest("GET", path, nil)
			writer := discard{http.Header{}}
			inHandler := testing.AllocsPerRun(1000, func() { handler.ServeHTTP(writer, request) })

			name := filepath.Join(t.TempDir(), "stats.jsonl")
			stats, err := openStats(name, router, app.counters)
			if err != nil {
				t.Fatal(err)
			}
			if err := stats.write(); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < requests; i++ {
				one.run()
			}
			if err := stats.write(); err != nil {
				t.Fatal(err)
			}
			lines := readings(t, name)
			before, after := lines[0], lines[1]
			if counted := after.Requests - before.Requests; counted != requests {
				t.Errorf("%s %s: %d requests were counted, not %d", router, path, counted, requests)
			}
			measured := float64(after.Allocations-before.Allocations) / requests
			if math.Abs(measured-expected) > tolerance {
				t.Errorf("%s %s: the stats file has %.3f allocations per request, AllocsPerRun %.0f", router, path, measured, expected)
			}
			t.Logf("allocations %s %s %.0f per request, of these %.0f in the handler; stats file %.3f", router, path, expected, inHandler, measured)
		}
		server.Close()
	}
}
