// The originals that duel is compared with: Gin, Beego, Echo and net/http, with the routes and the answers of servers/demo.
// README.md lists the differences.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const drainLimit = 10 * time.Second // as the default of --drain-timeout of duel

// routers makes the handler of each value of --router. The file of each router adds it. A program that is to be measured has only one
// (go build -tags single,gin), because the code and the initial heap of the others would count as its memory.
var routers = map[string]func(*application) http.Handler{}

// prepares has what a router needs before a server starts.
var prepares = map[string]func() error{}

func names() string {
	var found []string
	for name := range routers {
		found = append(found, name)
	}
	sort.Strings(found)
	return strings.Join(found, ", ")
}

type options struct {
	router, host, admin, statsFile, staticDir, routes string
	port, threads                                     int
	facts                                             bool
}

func main() {
	chosen, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(0)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "originals: %v\n", err)
		os.Exit(2)
	}
	if chosen.facts {
		printFacts(os.Stdout)
		return
	}
	if err := serve(chosen); err != nil {
		fmt.Fprintf(os.Stderr, "originals: %v\n", err)
		os.Exit(1)
	}
}

// parse refuses what cannot be used, with one sentence that names the cause and the cure.
func parse(arguments []string) (options, error) {
	var found options
	set := flag.NewFlagSet("originals", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&found.router, "router", "", "`name` of the router: "+names())
	set.StringVar(&found.host, "host", "127.0.0.1", "numeric `address` to listen on")
	set.IntVar(&found.port, "port", 8080, "`port` to listen on")
	set.IntVar(&found.threads, "threads", runtime.NumCPU(), "GOMAXPROCS")
	set.StringVar(&found.statsFile, "stats-file", "", "`file` to which SIGUSR1 and the end append a line of counters")
	set.StringVar(&found.staticDir, "static-dir", ".", "`folder` behind /static/")
	set.StringVar(&found.routes, "routes", "", "`file` with further routes, such as router/sets/github.inc; net/http has no wildcards and ignores it")
	set.StringVar(&found.admin, "admin-port", "0", "only 0: there is no admin port")
	set.BoolVar(&found.facts, "facts", false, "print versions and the settings of the collector as JSON, and exit")
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
	case routers[found.router] == nil:
		return found, fmt.Errorf("--router: %q is unknown; choose from %s", found.router, names())
	case found.port < 0 || found.port > 65535:
		return found, errors.New("--port: not a port; give a whole number from 0 to 65535")
	case found.threads < 1:
		return found, errors.New("--threads: too small; give a whole number from 1")
	case net.ParseIP(found.host) == nil:
		return found, fmt.Errorf("--host: %q is not a numeric address; give one such as 127.0.0.1", found.host)
	case found.admin != "0":
		return found, errors.New("--admin-port: there is no admin port; leave the option out")
	}
	return found, nil
}

// serve answers requests until SIGTERM or SIGINT.
func serve(chosen options) error {
	if prepare := prepares[chosen.router]; prepare != nil {
		if err := prepare(); err != nil {
			return err
		}
	}
	runtime.GOMAXPROCS(chosen.threads)
	app, err := newApplication(chosen)
	if err != nil {
		return err
	}
	stats, err := openStats(chosen.statsFile, chosen.router, app.counters)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(chosen.host, strconv.Itoa(chosen.port)))
	if err != nil {
		return fmt.Errorf("%w; choose another address or port", err)
	}
	// Like Gin's Run: no timeouts, no hooks.
	server := &http.Server{Handler: app.counters.counting(routers[chosen.router](app))}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGINT)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(&countingListener{listener, app.counters}) }()
	fmt.Printf("listening on http://%s (%s)\n", listener.Addr(), strings.Join(describe(chosen.router), ", "))
	for {
		select {
		case err := <-failed:
			return err
		case signal := <-asked:
			if err := stats.write(); err != nil {
				return err
			}
			if signal != syscall.SIGUSR1 {
				return stop(server)
			}
		}
	}
}

func stop(server *http.Server) error {
	limited, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if err := server.Shutdown(limited); errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	}
	return nil
}
