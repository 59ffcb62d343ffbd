package main

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// unpacked is the content of a profile. The names of its functions and of its values stand in it as they are.
func unpacked(t *testing.T, profile string) string {
	t.Helper()
	reader, err := gzip.NewReader(strings.NewReader(profile))
	if err != nil {
		t.Fatalf("%v: %.100q", err, profile)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestProfilesNameTheHandlersAndTheirValues(t *testing.T) {
	for router := range routers {
		server := start(t, "--router="+router, "--admin-port=any", "--heap-profile=1")
		loaded := make(chan bool)
		stop := make(chan bool)
		go func() {
			defer close(loaded)
			for {
				select {
				case <-stop:
					return
				default:
					send(t, "GET", server.url+"/list/2000", "")
				}
			}
		}()
		cpu := unpacked(t, send(t, "GET", server.admin+"/debug/pprof/profile?seconds=1", "").body)
		close(stop)
		<-loaded
		allocs := unpacked(t, send(t, "GET", server.admin+"/debug/pprof/allocs", "").body)
		for profile, wanted := range map[string][]string{cpu: {"cpu", "nanoseconds", "net/http."}, allocs: {"alloc_space", "net/http."}} {
			for _, name := range wanted {
				if !strings.Contains(profile, name) {
					t.Errorf("%s: a profile without %q", router, name)
				}
			}
		}
	}
}

func TestOneCPUProfileAtATimeAndOfWholeSeconds(t *testing.T) {
	for router := range routers {
		server := start(t, "--router="+router, "--admin-port=any")
		for _, seconds := range []string{"", "0", "x", "301"} {
			if got := send(t, "GET", server.admin+"/debug/pprof/profile?seconds="+seconds, ""); got.StatusCode != 400 {
				t.Errorf("%s, %q: %d", router, seconds, got.StatusCode)
			}
		}
		first := make(chan int)
		for i := 0; i < 2; i++ {
			go func() { first <- send(t, "GET", server.admin+"/debug/pprof/profile?seconds=1", "").StatusCode }()
		}
		if a, b := <-first, <-first; a != 409 || b != 200 {
			t.Errorf("%s: %d and %d", router, a, b)
		}
	}
}

func TestTheDistanceOfSamplesIsBytesOrKiB(t *testing.T) {
	for text, wanted := range map[string]sampleBytes{"1": 1, "65536": 65536, "64k": 65536, "0": 0, "x": 0, "64m": 0, "k": 0, "": 0, "-1": 0} {
		var found sampleBytes
		if err := found.Set(text); found != wanted || (err == nil) != (wanted != 0) {
			t.Errorf("%q: %d, %v", text, found, err)
		}
	}
}
