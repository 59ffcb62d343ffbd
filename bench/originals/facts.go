package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
)

// modules are the modules of the routers; net/http has the version of Go.
var modules = map[string]string{
	"gin": "github.com/gin-gonic/gin", "beego": "github.com/beego/beego/v2", "echo": "github.com/labstack/echo/v4",
}

// version returns the version of a router from the program itself.
func version(router string) string {
	if built, ok := debug.ReadBuildInfo(); ok {
		for _, module := range built.Deps {
			if module.Path == modules[router] {
				return strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return goVersion()
}

func goVersion() string {
	return strings.TrimPrefix(runtime.Version(), "go")
}

// collector describes the collector and its settings, which GOGC and GOMEMLIMIT can change.
func collector() string {
	settings := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(settings)
	growth := "off"
	if percent := settings[0].Value.Uint64(); percent <= math.MaxInt32 {
		growth = fmt.Sprint(percent)
	}
	limit := "no memory limit"
	if bytes := settings[1].Value.Uint64(); bytes < math.MaxInt64 {
		limit = fmt.Sprintf("GOMEMLIMIT=%d", bytes)
	}
	return fmt.Sprintf("concurrent mark and sweep, GOGC=%s, %s", growth, limit)
}

// describe returns the facts of a server for its first line.
func describe(router, admin string) []string {
	if admin == "" {
		admin = "off"
	}
	return []string{"router=" + router, "version=" + version(router), "go=" + goVersion(),
		fmt.Sprintf("threads=%d", runtime.GOMAXPROCS(0)), "collector=" + collector(), "admin=" + admin}
}

// printFacts prints what the harness shows in headings and records.
func printFacts(to io.Writer) {
	facts := map[string]string{"go": goVersion(), "platform": runtime.GOOS + "/" + runtime.GOARCH, "collector": collector()}
	for router := range routers {
		facts[router] = version(router)
	}
	text, _ := json.Marshal(facts) // texts cannot fail
	fmt.Fprintln(to, string(text))
}
