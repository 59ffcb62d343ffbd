package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"
)

const (
	anyPort   = "any" // a port that the kernel chooses
	itemRoute = "/api/item/:id"

	cpuProfileMax = 300 // seconds, as in duel
)

// routesPage is the answer of /debug/routes. It has the names of duel's page; nobody counts here what belongs to a route.
type routesPage struct {
	HeapAllocatedBytes uint64       `json:"heap_allocated_bytes"` // by live objects
	Items              int          `json:"items"`
	BackgroundTasks    int          `json:"background_tasks"`
	Routes             []routeCount `json:"routes"`
}

type routeCount struct {
	Route    string `json:"route"`
	Requests uint64 `json:"requests"`
}

// startAdmin starts the admin port and returns its address; "" without one.
func startAdmin(chosen options, app *application) (string, error) {
	if chosen.admin == "0" {
		return "", nil
	}
	port := chosen.admin
	if port == anyPort {
		port = "0"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(chosen.host, port))
	if err != nil {
		return "", fmt.Errorf("--admin-port: %w; choose another port", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/routes", app.answerRoutes)
	for _, kind := range []string{"heap", "allocs"} {
		mux.HandleFunc("/debug/pprof/"+kind, answerHeapProfile(kind))
	}
	mux.HandleFunc("/debug/pprof/profile", answerCPUProfile)
	go http.Serve(listener, mux) // until the process ends
	return "http://" + listener.Addr().String(), nil
}

// answerRoutes collects garbage first: without that, garbage would count as memory in use, up to the size of the live objects.
func (a *application) answerRoutes(w http.ResponseWriter, _ *http.Request) {
	// With --scenario, nothing else is requested.
	page := routesPage{Routes: []routeCount{{itemRoute, a.counters.requests.Load()}}}
	if a.items != nil {
		page.Items, page.BackgroundTasks = a.items.kept(), a.items.tasks()
	}
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	page.HeapAllocatedBytes = memory.HeapAlloc
	w.Header().Set("Content-Type", jsonType)
	json.NewEncoder(w).Encode(page)
}

func answerHeapProfile(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		runtime.GC() // a profile is that of the last collection
		w.Header().Set("Content-Type", binaryType)
		pprof.Lookup(kind).WriteTo(w, 0)
	}
}

// answerCPUProfile records for ?seconds=N, or until the client is gone.
func answerCPUProfile(w http.ResponseWriter, r *http.Request) {
	seconds, err := strconv.Atoi(r.URL.Query().Get("seconds"))
	if err != nil || seconds < 1 || seconds > cpuProfileMax {
		http.Error(w, fmt.Sprintf("seconds must be a number from 1 to %d", cpuProfileMax), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", binaryType)
	if err := pprof.StartCPUProfile(w); err != nil {
		http.Error(w, "another CPU profile is being recorded; try again when it has ended", http.StatusConflict)
		return
	}
	defer pprof.StopCPUProfile()
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
	case <-r.Context().Done():
	}
}
