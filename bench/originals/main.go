// The originals that duel is compared with: Gin, Beego, Echo and net/http, with the routes and the answers of servers/demo.
// README.md lists the differences.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
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

// serve answers requests until SIGTERM or SIGINT.
func serve(chosen options) error {
	runtime.MemProfileRate = int(chosen.heapProfile) // first, because earlier samples count with the later distance
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
	admin, err := startAdmin(chosen, app)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(chosen.host, strconv.Itoa(chosen.port)))
	if err != nil {
		return fmt.Errorf("%w; choose another address or port", err)
	}
	// Like Gin's Run: no timeouts, no hooks.
	server := &http.Server{Handler: app.counters.counting(routers[chosen.router](app))}
	server.SetKeepAlivesEnabled(!bool(chosen.disableKeepAlive))
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGINT)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(&countingListener{listener, app.counters}) }()
	fmt.Printf("listening on http://%s (%s)\n", listener.Addr(), strings.Join(describe(chosen.router, admin), ", "))
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
