package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
)

const portMax = 65535

type options struct {
	router, host, admin, statsFile, staticDir, routes, scenario string
	port, threads                                               int
	facts                                                       bool
	pool, disableKeepAlive                                      onOff
	heapProfile                                                 sampleBytes
	beego                                                       beegoOptions
}

// beegoOptions are the settings of Beego that a scenario changes. The names of the flags are those of duel.
type beegoOptions struct {
	orm, session, copyRequestBody, gzip, accessLogs, accessLogsAsync onOff
	gzipMethods, accessLogsFile                                      string
}

// onOff is the value of an option that is "on" or "off".
type onOff bool

func (o *onOff) String() string {
	if *o {
		return "on"
	}
	return "off"
}

func (o *onOff) Set(text string) error {
	if text != "on" && text != "off" {
		return errors.New("give on or off")
	}
	*o = text == "on"
	return nil
}

// sampleBytes is a mean distance of samples of the heap: bytes, or KiB with a k.
type sampleBytes int

func (s *sampleBytes) String() string { return strconv.Itoa(int(*s)) }

func (s *sampleBytes) Set(text string) error {
	digits, isKiB := strings.CutSuffix(text, "k")
	bytes, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || bytes < 1 {
		return errors.New("give bytes, such as 65536 or 64k")
	}
	if isKiB {
		bytes <<= 10
	}
	*s = sampleBytes(bytes)
	return nil
}

// onlyOf has the routers that know an option; all routers know the other options.
var onlyOf = map[string][]string{
	"pool": {"gin"}, "scenario": {"gin", "beego"}, "orm": {"beego"}, "session": {"beego"}, "copy-request-body": {"beego"}, "gzip": {"beego"},
	"gzip-methods": {"beego"}, "access-logs": {"beego"}, "access-logs-async": {"beego"}, "access-logs-file": {"beego"},
}

func (o *options) define(set *flag.FlagSet) {
	set.StringVar(&o.router, "router", "", "`name` of the router: "+names())
	set.StringVar(&o.host, "host", "127.0.0.1", "numeric `address` to listen on")
	set.IntVar(&o.port, "port", 8080, "`port` to listen on")
	set.IntVar(&o.threads, "threads", runtime.NumCPU(), "GOMAXPROCS")
	set.StringVar(&o.statsFile, "stats-file", "", "`file` to which SIGUSR1 and the end append a line of counters")
	set.StringVar(&o.staticDir, "static-dir", ".", "`folder` behind /static/")
	set.StringVar(&o.routes, "routes", "", "`file` with further routes, such as router/sets/github.inc; net/http has no wildcards and ignores it")
	set.StringVar(&o.admin, "admin-port", "0", "`port` of /debug/routes and /debug/pprof; \"any\" lets the kernel choose, 0 means none")
	o.heapProfile = sampleBytes(runtime.MemProfileRate)
	set.Var(&o.heapProfile, "heap-profile", "mean distance of the samples of the heap, in `bytes` such as 64k")
	set.BoolVar(&o.facts, "facts", false, "print versions and the settings of the collector as JSON, and exit")
	set.Var(&o.disableKeepAlive, "disable-keep-alive", "`on|off`: close each connection after its first answer")
	o.pool = true
	set.Var(&o.pool, "pool", "`on|off`: Gin takes contexts from its pool")
	set.StringVar(&o.scenario, "scenario", "", "`name`: leak adds GET /api/item/:id, which leaks; leak-fixed adds it without the leak")
	o.beego.define(set)
}

func (o *beegoOptions) define(set *flag.FlagSet) {
	o.orm = true
	set.Var(&o.orm, "orm", "`on|off`: Beego opens its ORM at the start and has /orm/user/:id")
	set.Var(&o.session, "session", "`on|off`: SessionOn of Beego, in memory")
	set.Var(&o.copyRequestBody, "copy-request-body", "`on|off`: CopyRequestBody of Beego")
	set.Var(&o.gzip, "gzip", "`on|off`: EnableGzip of Beego")
	set.StringVar(&o.gzipMethods, "gzip-methods", "GET", "`methods` whose answers Beego compresses, separated by semicolons")
	set.Var(&o.accessLogs, "access-logs", "`on|off`: AccessLogs of Beego")
	set.Var(&o.accessLogsAsync, "access-logs-async", "`on|off`: a goroutine of Beego writes the log; if its queue is full, requests wait")
	set.StringVar(&o.accessLogsFile, "access-logs-file", "", "`file` of the access log of Beego; standard output without it")
}

// parse refuses what cannot be used, with one sentence that names the cause and the cure.
func parse(arguments []string) (options, error) {
	var found options
	set := flag.NewFlagSet("originals", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	found.define(set)
	err := set.Parse(arguments)
	if errors.Is(err, flag.ErrHelp) {
		set.SetOutput(os.Stdout)
		set.PrintDefaults()
		return found, err
	}
	switch {
	case err != nil:
		return found, fmt.Errorf("%w; --help lists all options", err)
	case set.NArg() > 0:
		return found, fmt.Errorf("%q is unknown; --help lists all options", set.Arg(0))
	case found.facts:
		return found, nil
	case routers[found.router] == nil:
		return found, fmt.Errorf("--router: %q is unknown; choose from %s", found.router, names())
	}
	return found, found.check(set)
}

func (o *options) check(set *flag.FlagSet) error {
	switch {
	case o.port < 0 || o.port > portMax:
		return fmt.Errorf("--port: not a port; give a whole number from 0 to %d", portMax)
	case o.threads < 1:
		return errors.New("--threads: too small; give a whole number from 1")
	case net.ParseIP(o.host) == nil:
		return fmt.Errorf("--host: %q is not a numeric address; give one such as 127.0.0.1", o.host)
	case o.scenario != "" && o.scenario != leak && o.scenario != leakFixed:
		return fmt.Errorf("--scenario: %q is unknown; choose from %s, %s", o.scenario, leak, leakFixed)
	}
	if port, err := strconv.Atoi(o.admin); o.admin != anyPort && (err != nil || port < 0 || port > portMax) {
		return fmt.Errorf("--admin-port: not a port; give %q or a whole number from 0 to %d", anyPort, portMax)
	}
	var wrong error
	set.Visit(func(given *flag.Flag) {
		if known := onlyOf[given.Name]; known != nil && !contains(known, o.router) {
			wrong = fmt.Errorf("--%s: only %s has this setting; leave it out", given.Name, strings.Join(known, " or "))
		}
	})
	return wrong
}

func contains(names []string, wanted string) bool {
	for _, name := range names {
		if name == wanted {
			return true
		}
	}
	return false
}
