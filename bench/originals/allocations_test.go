package main

import (
	"bufio"
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
	var whole bytes.Buffer // nothing follows the answer, so it has no more bytes than the answer
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(connection, &whole)), nil)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %q, %v", path, whole.String(), err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	e.answer = make([]byte, whole.Len())
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

// countedPaths are the routes whose counts the harness prints.
func countedPaths(router string) []string {
	paths := []string{"/ping", "/json"}
	switch router {
	case "gin":
		return append(paths, "/fixed/css/site.css", "/wild/css/site.css", "/sql/user/7", "/list/146", "/list/154")
	case "beego":
		return append(paths, "/fixed/css/site.css", "/wild/css/site.css", "/sql/user/7", "/orm/user/7")
	}
	return paths
}

// The counts that the harness prints come from the stats file. They must be those of testing.AllocsPerRun for the same handler in
// the same server. The lines of the log are read by tests/harness/check_originals.
func TestTheStatsFileCountsAllocationsAsTestingDoes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // as in AllocsPerRun
	for router := range routers {
		handler, app := handlerOf(t, router)
		compareCounts(t, router, router, countedPaths(router), handler, app)
	}
	if routers["gin"] != nil {
		handler, app := newHandler(t, "gin", "--pool=off")
		compareCounts(t, "gin", "gin,--pool=off", []string{"/ping", "/json", "/list/146", "/list/154"}, handler, app)
	}
}

// compareCounts logs the counts under the name `subject`: a router, then a comma and a flag if it has one.
func compareCounts(t *testing.T, router, subject string, paths []string, handler http.Handler, app *application) {
	const requests, tolerance = 5000, 0.1 // a collection empties pools, which costs a few allocations
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: app.counters.counting(handler)}
	go server.Serve(&countingListener{listener, app.counters})
	defer server.Close()
	for _, path := range paths {
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
			t.Errorf("%s %s: %d requests were counted, not %d", subject, path, counted, requests)
		}
		measured := float64(after.Allocations-before.Allocations) / requests
		if math.Abs(measured-expected) > tolerance {
			t.Errorf("%s %s: the stats file has %.3f allocations per request, AllocsPerRun %.0f", subject, path, measured, expected)
		}
		t.Logf("allocations %s %s %.0f per request, of these %.0f in the handler; stats file %.3f", subject, path, expected, inHandler, measured)
	}
}
