package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const patience = 20 * time.Second

// program is a server that runs as a process of its own, because the settings of Beego belong to the process.
type program struct{ url, admin string }

func start(t *testing.T, arguments ...string) program {
	t.Helper()
	command := exec.Command("/proc/self/exe", append(arguments, "--port=0")...)
	command.Env = append(os.Environ(), asProgram+"=1")
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
	})
	ready := regexp.MustCompile(`listening on (http://\S+) .*admin=([^,)]+)`)
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if found := ready.FindStringSubmatch(lines.Text()); found != nil {
			go io.Copy(io.Discard, output)
			return program{found[1], found[2]}
		}
	}
	t.Fatalf("%v: the server ended before it listened", arguments)
	return program{}
}

// reply is an answer whose body is read.
type reply struct {
	*http.Response
	body string
}

// send does not let the client ask for gzip or undo it.
func send(t *testing.T, method, url, body string, fields ...string) reply {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		request.Header.Set(fields[i], fields[i+1])
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response, string(text)}
}

func requireRouter(t *testing.T, router string) {
	if routers[router] == nil {
		t.Skip("this program has no " + router)
	}
}

func TestBeegoCompressesThePostedBodyIfItIsToldTo(t *testing.T) {
	requireRouter(t, "beego")
	body := strings.Repeat("a body that can be compressed ", 100)
	for _, settings := range [][]string{{"--gzip=off"}, {"--gzip=on"}, {"--gzip=on", "--gzip-methods=GET;POST"}} {
		server := start(t, append(settings, "--router=beego", "--copy-request-body=on")...)
		got := send(t, "POST", server.url+"/echo", body, "Accept-Encoding", "gzip")
		wanted := ""
		if len(settings) == 2 {
			wanted = "gzip"
			unpacked, err := gzip.NewReader(strings.NewReader(got.body))
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(unpacked)
			got.body = string(text)
		}
		if got.Header.Get("Content-Encoding") != wanted || got.body != body {
			t.Errorf("%v: %v, %d bytes", settings, got.Header, len(got.body))
		}
	}
}

func TestBeegoWritesALineOfItsAccessLogPerRequest(t *testing.T) {
	requireRouter(t, "beego")
	for _, async := range []string{"off", "on"} {
		name := filepath.Join(t.TempDir(), "access.log")
		server := start(t, "--router=beego", "--access-logs=on", "--access-logs-async="+async, "--access-logs-file="+name)
		for i := 0; i < 3; i++ {
			send(t, "GET", server.url+"/ping", "")
		}
		lines := func() int {
			content, _ := os.ReadFile(name)
			return bytes.Count(content, []byte(`"GET /ping HTTP/1.1 200 `))
		}
		for deadline := time.Now().Add(patience); lines() < 3 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond) // the asynchronous log tells nobody that it has written
		}
		if lines() != 3 {
			t.Errorf("async %s: %d lines", async, lines())
		}
	}
}

func TestBeegoHasSessionsAndAnORMIfItIsToldTo(t *testing.T) {
	requireRouter(t, "beego")
	with, without := start(t, "--router=beego", "--session=on"), start(t, "--router=beego", "--orm=off")
	if got := send(t, "GET", with.url+"/ping", ""); !strings.HasPrefix(got.Header.Get("Set-Cookie"), "beegosessionID=") {
		t.Error(got.Header)
	}
	if got := send(t, "GET", without.url+"/ping", ""); got.Header.Get("Set-Cookie") != "" {
		t.Error(got.Header)
	}
	if got := send(t, "GET", with.url+"/orm/user/7", ""); got.StatusCode != http.StatusOK {
		t.Error(got.Status)
	}
	if got := send(t, "GET", without.url+"/orm/user/7", ""); got.StatusCode != http.StatusNotFound {
		t.Error(got.Status)
	}
	if got := send(t, "GET", without.url+"/sql/user/7", ""); got.StatusCode != http.StatusOK {
		t.Error(got.Status)
	}
}

func TestConnectionsAreClosedIfKeepAliveIsDisabled(t *testing.T) {
	for router := range routers {
		for setting, closed := range map[string]bool{"on": true, "off": false} {
			server := start(t, "--router="+router, "--disable-keep-alive="+setting)
			if got := send(t, "GET", server.url+"/ping", ""); got.Close != closed {
				t.Errorf("%s, %s: %v", router, setting, got.Header)
			}
		}
	}
}

func TestGinMakesAContextPerRequestWithoutItsPool(t *testing.T) {
	requireRouter(t, "gin")
	request, _ := http.NewRequest("GET", "/ping", nil)
	writer := discard{http.Header{}}
	allocations := func(pool string) float64 {
		handler, _ := newHandler(t, "gin", "--pool="+pool)
		return testing.AllocsPerRun(1000, func() { handler.ServeHTTP(writer, request) })
	}
	// The context, and two slices with their headers.
	if more := allocations("off") - allocations("on"); more != 5 {
		t.Errorf("%.0f allocations more", more)
	}
	server := start(t, "--router=gin", "--pool=off")
	for path, wanted := range map[string]string{"/ping": "pong", "/json": `{"message":"pong"}`, "/api/v1/user/7": "7", "/nowhere": noRouteText} {
		if got := send(t, "GET", server.url+path, ""); got.body != wanted {
			t.Errorf("%s: %s", path, got.body)
		}
	}
}

func TestTheLeakKeepsTasksAndTheFixedVariantDoesNot(t *testing.T) {
	for _, router := range []string{"gin", "beego"} {
		if routers[router] == nil {
			continue
		}
		for scenario, tasks := range map[string]int{leak: 3, leakFixed: 0} {
			server := start(t, "--router="+router, "--scenario="+scenario, "--admin-port=any")
			for i := 0; i < 3; i++ {
				if got := send(t, "GET", server.url+"/api/item/1", ""); got.body != "4000 bytes" || got.Header.Get("Content-Type") != textType {
					t.Errorf("%s: %q, %v", router, got.body, got.Header)
				}
			}
			var page routesPage
			if err := json.Unmarshal([]byte(send(t, "GET", server.admin+"/debug/routes", "").body), &page); err != nil {
				t.Fatal(err)
			}
			if page.Items != 1 || page.BackgroundTasks != tasks || page.Routes[0] != (routeCount{"/api/item/:id", 3}) || page.HeapAllocatedBytes == 0 {
				t.Errorf("%s, %s: %+v", router, scenario, page)
			}
			if profile := send(t, "GET", server.admin+"/debug/pprof/heap", ""); !strings.HasPrefix(profile.body, "\x1f\x8b") {
				t.Errorf("%s: the heap profile is not gzipped: %q", router, profile.body[:20])
			}
		}
	}
}

func TestTheFixedVariantEvictsTheLeastRecentlyStoredItem(t *testing.T) {
	kept := newItems(leakFixed).(*boundedItems)
	for id := 0; id < itemCapacity; id++ {
		kept.keep(strconv.Itoa(id))
	}
	kept.keep("0")
	kept.keep("one more")
	if kept.kept() != itemCapacity || kept.byID["0"] == nil || kept.byID["1"] != nil {
		t.Errorf("%d items, 0: %v, 1: %v", kept.kept(), kept.byID["0"], kept.byID["1"])
	}
	kept.recent.Back().Value.(*item).expires = time.Now()
	kept.keep("0")
	if kept.kept() != itemCapacity-1 {
		t.Errorf("%d items after one has expired", kept.kept())
	}
}
