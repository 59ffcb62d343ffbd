package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const routesFile = "../../router/sets/github.inc"

// handlers holds a handler per router: Beego's settings belong to the process, so it can be made once.
var handlers = struct {
	sync.Mutex
	made map[string]http.Handler
	apps map[string]*application
}{made: map[string]http.Handler{}, apps: map[string]*application{}}

func handlerOf(t *testing.T, router string) (http.Handler, *application) {
	t.Helper()
	handlers.Lock()
	defer handlers.Unlock()
	if handlers.made[router] == nil {
		handlers.made[router], handlers.apps[router] = newHandler(t, router)
	}
	return handlers.made[router], handlers.apps[router]
}

func newHandler(t *testing.T, router string, further ...string) (http.Handler, *application) {
	t.Helper()
	chosen, err := parse(append([]string{"--router=" + router, "--static-dir=" + filesFolder, "--routes=" + routesFile}, further...))
	if err != nil {
		t.Fatal(err)
	}
	app, err := newApplication(chosen)
	if err != nil {
		t.Fatal(err)
	}
	return routers[router](app), app
}

var filesFolder string

// asProgram is a variable of the environment. With it, this program is the server and not its tests.
const asProgram = "ORIGINALS_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	folder, err := os.MkdirTemp("", "originals")
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "page.txt"), []byte("a page\n"), 0o644)
	}
	if err != nil {
		panic(err)
	}
	filesFolder = folder
	status := m.Run()
	os.RemoveAll(folder)
	os.Exit(status)
}

type answer struct {
	method, path string
	status       int
	kind, body   string
}

// The answers of servers/demo. tests/harness/check_originals compares them with the server itself.
var answers = []answer{
	{"GET", "/ping", 200, textType, "pong"},
	{"HEAD", "/ping", 200, textType, ""},
	{"GET", "/json", 200, jsonType, `{"message":"pong"}`},
	{"GET", "/list/0", 200, jsonType, `[]`},
	{"GET", "/list/2", 200, jsonType, `[{"id":1,"name":"someone"},{"id":2,"name":"someone"}]`},
	{"GET", "/list/2001", 400, textType, listLengthRefusal},
	{"GET", "/list/+1", 400, textType, listLengthRefusal},
	{"GET", "/api/v1/user/7", 200, textType, "7"},
	{"GET", "/fixed/css/site.css", 200, textType, "pong"},
	{"GET", "/wild/css/site.css", 200, textType, "pong"},
	{"POST", "/echo", 200, binaryType, "sent"},
	{"GET", "/sql/user/7", 200, jsonType, `{"age":25,"email":"user7@example.com","id":7,"name":"user7"}`},
	{"GET", "/sql/user/x", 400, textType, "400 the id must be a number"},
	{"GET", "/sql/user/1001", 404, textType, "404 there is no such user"},
	{"GET", "/static/page.txt", 200, textType, "a page\n"},
}

// ask returns the answer as a client sees it, without its fields except for the type.
func ask(t *testing.T, url string, wanted answer) answer {
	t.Helper()
	body := ""
	if wanted.method == http.MethodPost {
		body = wanted.body
	}
	request, err := http.NewRequest(wanted.method, url+wanted.path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{wanted.method, wanted.path, got.StatusCode, got.Header.Get("Content-Type"), string(text)}
}

func TestAllRoutersGiveTheSameAnswers(t *testing.T) {
	for router := range routers {
		handler, app := handlerOf(t, router)
		server := httptest.NewServer(handler)
		wanted := answers
		if router == "beego" {
			wanted = append(wanted[:len(wanted):len(wanted)],
				answer{"GET", "/orm/user/7", 200, jsonType, `{"age":25,"email":"user7@example.com","id":7,"name":"user7"}`},
				answer{"GET", "/orm/user/1001", 404, textType, "404 there is no such user"})
		}
		for _, one := range wanted {
			before := app.counters.responses4xx.Load()
			if got := ask(t, server.URL, one); got != one {
				t.Errorf("%s: got %+v, want %+v", router, got, one)
			}
			if counted := app.counters.responses4xx.Load() - before; (counted == 1) != (one.status >= 400) {
				t.Errorf("%s: %s %s: %d answers were counted as refused", router, one.method, one.path, counted)
			}
		}
		if got := ask(t, server.URL, answer{method: "GET", path: "/nowhere"}); got.status != 404 {
			t.Errorf("%s: a path without a route is answered with %d", router, got.status)
		}
		server.Close()
	}
}

func TestFurtherRoutes(t *testing.T) {
	wanted := answer{"GET", "/repos/golang/go", 200, textType, "/repos/:owner/:repo\nowner=golang\nrepo=go\n"}
	for router := range routers {
		if router == "nethttp" { // has no wildcards
			continue
		}
		handler, _ := handlerOf(t, router)
		server := httptest.NewServer(handler)
		if got := ask(t, server.URL, wanted); got != wanted {
			t.Errorf("%s: got %+v, want %+v", router, got, wanted)
		}
		server.Close()
	}
}

func TestBadArgumentsAreRefused(t *testing.T) {
	for _, bad := range []string{"--router=x", "--port=x", "--port=-1", "--port=65536", "--threads=0", "--host=localhost", "--admin-port=x",
		"--admin-port=65536", "--nonsense", "stray", "--pool=maybe", "--pool", "--scenario=x", "--gzip=on", "--session=on", "--access-logs-file=x"} {
		if _, err := parse([]string{"--router=gin", bad}); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
	if _, err := parse([]string{"--router=echo", "--scenario=leak"}); err == nil || err.Error() != "--scenario: only gin or beego has this setting; leave it out" {
		t.Error(err)
	}
	if found, err := parse([]string{"--router=echo", "--port=0"}); err != nil || found.router != "echo" {
		t.Errorf("%+v, %v", found, err)
	}
}
