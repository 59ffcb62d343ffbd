package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// reading is a line of the stats file. It has the names of duel's --stats-file (docs/metrics.md); null stands for what a Go
// program has not. The names that begin with gc_ are additional. Counters start with the process.
type reading struct {
	Router         string      `json:"router"`
	Version        string      `json:"version"`
	Allocator      string      `json:"allocator"`
	Threads        int         `json:"threads"`
	UptimeMs       int64       `json:"uptime_ms"`
	Requests       uint64      `json:"requests"`
	Responses4xx   uint64      `json:"responses_4xx"`
	Responses5xx   uint64      `json:"responses_5xx"`
	Connections    uint64      `json:"connections"`
	RingEnters     *uint64     `json:"ring_enters"`
	NoBuffers      *uint64     `json:"no_buffers"`
	Allocations    uint64      `json:"allocations"`
	AllocatedBytes uint64      `json:"allocated_bytes"`
	PurgePasses    *uint64     `json:"purge_passes"`
	PurgeCalls     *uint64     `json:"purge_calls"`
	PurgedPages    *uint64     `json:"purged_pages"`
	MinorFaults    int64       `json:"minor_faults"`
	RSSBytes       uint64      `json:"rss_bytes"`
	AnonymousBytes uint64      `json:"anonymous_bytes"`
	PeakRSSBytes   uint64      `json:"peak_rss_bytes"`
	CPUUserUs      int64       `json:"cpu_user_us"`
	CPUSystemUs    int64       `json:"cpu_system_us"`
	GCRuns         uint32      `json:"gc_runs"`
	GCPauseNs      uint64      `json:"gc_pause_ns"`
	GCPauses       [][2]uint64 `json:"gc_pauses"` // (upper bound in ns, count) of each kind of length that occurred
	GCCPUUs        int64       `json:"gc_cpu_us"` // of finished collections
	GCHeapBytes    uint64      `json:"gc_heap_bytes"`
}

// statsFile appends a reading per write.
type statsFile struct {
	file     *os.File // nil: write does nothing
	counters *counters
	start    time.Time
	constant reading // what no reading changes, so that a reading allocates little
}

func openStats(name, router string, counters *counters) (*statsFile, error) {
	constant := reading{Router: router, Version: version(router), Allocator: "Go " + goVersion(), Threads: runtime.GOMAXPROCS(0)}
	stats := &statsFile{counters: counters, start: time.Now(), constant: constant}
	if name == "" {
		return stats, nil
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--stats-file: %w; name a file that can be written", err)
	}
	stats.file = file
	return stats, nil
}

func (s *statsFile) write() error {
	if s.file == nil {
		return nil
	}
	text, err := json.Marshal(s.read())
	if err == nil {
		_, err = s.file.Write(append(text, '\n'))
	}
	return err
}

// read takes the counters of the runtime first: what this function itself allocates then belongs to the time after it.
func (s *statsFile) read() *reading {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	now := s.constant
	now.UptimeMs = time.Since(s.start).Milliseconds()
	now.Requests, now.Connections = s.counters.requests.Load(), s.counters.connections.Load()
	now.Responses4xx, now.Responses5xx = s.counters.responses4xx.Load(), s.counters.responses5xx.Load()
	now.Allocations, now.AllocatedBytes = memory.Mallocs, memory.TotalAlloc
	now.GCRuns, now.GCPauseNs, now.GCHeapBytes = memory.NumGC, memory.PauseTotalNs, memory.HeapAlloc
	now.readCollector()
	now.readProcess()
	return &now
}

func (r *reading) readCollector() {
	samples := []metrics.Sample{{Name: "/gc/pauses:seconds"}, {Name: "/cpu/classes/gc/total:cpu-seconds"}}
	metrics.Read(samples)
	pauses := samples[0].Value.Float64Histogram()
	r.GCPauses = [][2]uint64{}
	for i, count := range pauses.Counts {
		if count == 0 {
			continue
		}
		bound := pauses.Buckets[i+1]
		if math.IsInf(bound, 1) {
			bound = pauses.Buckets[i]
		}
		r.GCPauses = append(r.GCPauses, [2]uint64{uint64(bound * 1e9), count})
	}
	r.GCCPUUs = int64(samples[1].Value.Float64() * 1e6)
}

func (r *reading) readProcess() {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) == nil {
		r.CPUUserUs, r.CPUSystemUs = used.Utime.Nano()/1000, used.Stime.Nano()/1000
		r.MinorFaults = used.Minflt
	}
	r.RSSBytes, r.PeakRSSBytes, r.AnonymousBytes = residentBytes()
}

// residentBytes returns resident memory, its peak, and the anonymous part, from /proc/self/status.
func residentBytes() (rss, peak, anonymous uint64) {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return
	}
	defer file.Close()
	wanted := map[string]*uint64{"VmRSS:": &rss, "VmHWM:": &peak, "RssAnon:": &anonymous}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), "\t")
		if to := wanted[name]; to != nil {
			kib, _ := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
			*to = kib << 10
		}
	}
	return
}
