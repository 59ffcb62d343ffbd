package main

import (
	"net/http/httptest"

	"github.com/labstack/echo/v4"
)

// echoRouter measures the public Router.Find, which writes the handler, its pattern and the parameters to a context. All
// searches use one context, as in an engine whose pool has one.
type echoRouter struct {
	router  *echo.Router
	context echo.Context
	called  int
}

func newEcho(routes []route) rival {
	engine := echo.New()
	r := &echoRouter{router: engine.Router()}
	for i, route := range routes {
		engine.Add(route.method, route.pattern, func(echo.Context) error {
			r.called = i
			return nil
		})
	}
	r.context = engine.NewContext(nil, httptest.NewRecorder()) // has room for the parameters of the routes so far
	return r
}

func (r *echoRouter) check(l *lookup) (int, int) {
	r.called = noRoute
	r.router.Find(l.method, l.path, r.context)
	r.context.Handler()(r.context)
	bytes := 0
	if r.called != noRoute {
		for _, value := range r.context.ParamValues() {
			bytes += len(value)
		}
	}
	return r.called, bytes
}

func (r *echoRouter) run(lookups []lookup, order []uint32) {
	for _, i := range order {
		r.router.Find(lookups[i].method, lookups[i].path, r.context)
	}
}
