// The routers in Go: `PROGRAM RIVAL FILE sequential|random MS`. The arguments after RIVAL are those of ../cc/workload.h.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

const (
	noRoute   = -1
	orderSize = 65536
	blockSize = 4096 // lookups that are timed together
)

type route struct{ method, pattern string }

type lookup struct {
	method, path string
	route        int
	paramBytes   int // total size of the values of the parameters
}

type rival interface {
	// check returns the index of the route and the total size of its parameters.
	check(l *lookup) (int, int)
	// run looks up lookups[i] for each i of order. The loop is inside the method, so that its calls are direct calls.
	run(lookups []lookup, order []uint32)
}

var rivals = map[string]func([]route) rival{
	"beego": newBeego, "echo": newEcho, "gin": newGin, "httprouter": newHTTPRouter, "nethttp121": newNetHTTP121, "nethttp122": newNetHTTP122,
}

// fields returns METHOD, a and b of `MACRO(METHOD, "a", "b")`.
func fields(line string) []string {
	texts := strings.Split(line, `"`)
	found := []string{line[strings.Index(line, "(")+1 : strings.Index(line, ",")]}
	for i := 1; i < len(texts); i += 2 {
		found = append(found, texts[i])
	}
	return found
}

// literalBytes returns the size of the pattern without its parameters.
func literalBytes(pattern string) int {
	bytes := len(pattern)
	for _, part := range strings.Split(pattern, "/") {
		if strings.HasPrefix(part, ":") {
			bytes -= len(part)
		}
	}
	return bytes
}

func read(file string) (routes []route, lookups []lookup) {
	content, err := os.ReadFile(file)
	if err != nil {
		fail(err)
	}
	var misses []lookup
	for _, line := range strings.Split(string(content), "\n") {
		if strings.HasPrefix(line, "DUEL_ROUTE") {
			f := fields(line)
			lookups = append(lookups, lookup{f[0], f[2], len(routes), len(f[2]) - literalBytes(f[1])})
			routes = append(routes, route{f[0], f[1]})
		} else if strings.HasPrefix(line, "DUEL_MISS") {
			f := fields(line)
			misses = append(misses, lookup{f[0], f[1], noRoute, 0})
		}
	}
	if misses != nil {
		lookups = misses
	}
	return
}

// makeOrder uses the random generator of Knuth's MMIX.
func makeOrder(random bool, count int) []uint32 {
	order := make([]uint32, orderSize)
	state := uint64(1)
	for i := range order {
		state = state*6364136223846793005 + 1442695040888963407
		if random {
			order[i] = uint32((state >> 33) % uint64(count))
		} else {
			order[i] = uint32(i % count)
		}
	}
	return order
}

// measure returns ns per lookup of the median block. Blocks are short, so that other work on the machine spoils a few of
// them but not the median.
func measure(r rival, lookups []lookup, order []uint32, slice time.Duration) float64 {
	var blocks []float64
	begin := time.Now()
	for last := begin; last.Sub(begin) < slice; {
		from := len(blocks) * blockSize % orderSize
		r.run(lookups, order[from:from+blockSize])
		now := time.Now()
		blocks = append(blocks, float64(now.Sub(last).Nanoseconds())/blockSize)
		last = now
	}
	sort.Float64s(blocks)
	return blocks[len(blocks)/2]
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}

func main() {
	if len(os.Args) != 5 || rivals[os.Args[1]] == nil {
		fail("usage: PROGRAM beego|echo|gin|httprouter|nethttp121|nethttp122 FILE sequential|random MS")
	}
	ms, err := strconv.ParseFloat(os.Args[4], 64)
	if err != nil {
		fail(err)
	}
	slice := time.Duration(ms * float64(time.Millisecond))
	name, file, orderName := os.Args[1], os.Args[2], os.Args[3]
	routes, lookups := read(file)
	r := rivals[name](routes)
	for i := range lookups {
		l := &lookups[i]
		if found, bytes := r.check(l); found != l.route || bytes != l.paramBytes {
			fail(fmt.Sprintf("%s: route %d, parameters of %d bytes; expected %d and %d", l.path, found, bytes, l.route, l.paramBytes))
		}
	}
	order := makeOrder(orderName == "random", len(lookups))
	measure(r, lookups, order, slice/4)
	ns := measure(r, lookups, order, slice)
	set := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	fmt.Printf("%s %s %s %.2f\n", name, set, orderName, ns)
}
