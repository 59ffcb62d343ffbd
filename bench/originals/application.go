package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// What all routers answer. The texts are those of servers/demo.
const (
	textType   = "text/plain; charset=utf-8"
	jsonType   = "application/json; charset=utf-8"
	plainType  = "text/plain" // of Gin's own 404 and 405
	binaryType = "application/octet-stream"

	listLengthMax     = 2000
	listLengthRefusal = "the length must be a whole number from 0 to 2000"
	noRouteText       = "404 page not found"
	noMethodText      = "405 method not allowed"
)

type message struct {
	Message string `json:"message"`
}

type user struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// application is what the handlers of a router share.
type application struct {
	options
	counters *counters
	users    *users
	further  []route // of the file --routes
	items    items   // nil without --scenario
}

// route is one of the file --routes.
type route struct{ method, pattern string }

func newApplication(chosen options) (*application, error) {
	app := &application{options: chosen, counters: &counters{}, users: &users{}, items: newItems(chosen.scenario)}
	if chosen.routes == "" {
		return app, nil
	}
	content, err := os.ReadFile(chosen.routes)
	if err != nil {
		return nil, fmt.Errorf("--routes: %w; name a file such as router/sets/github.inc", err)
	}
	for _, line := range strings.Split(string(content), "\n") {
		// DUEL_ROUTE(GET, "/users/:user", "/users/golang")
		if parts := strings.Split(line, `"`); strings.HasPrefix(line, "DUEL_ROUTE(") && len(parts) > 1 {
			method, _, _ := strings.Cut(strings.TrimPrefix(line, "DUEL_ROUTE("), ",")
			app.further = append(app.further, route{method, parts[1]})
		}
	}
	return app, nil
}

// parseListLength parses the parameter of /list/:length.
func parseListLength(text string) (int, bool) {
	length, err := strconv.Atoi(text)
	return length, err == nil && !strings.HasPrefix(text, "+") && length >= 0 && length <= listLengthMax
}

func listOf(length int) []user {
	list := make([]user, length)
	for i := range list {
		list[i] = user{i + 1, "someone"}
	}
	return list
}

// describeRoute returns the answer of a route of the file --routes: the pattern, then a line per parameter.
func describeRoute(pattern string, parameter func(string) string) string {
	var text strings.Builder
	text.WriteString(pattern + "\n")
	for _, segment := range strings.Split(pattern, "/") {
		if strings.HasPrefix(segment, ":") || strings.HasPrefix(segment, "*") {
			text.WriteString(segment[1:] + "=" + parameter(segment[1:]) + "\n")
		}
	}
	return text.String()
}
