package main

import (
	"net/http"

	"github.com/julienschmidt/httprouter"
)

// httpRouter measures the public Router.Lookup. It finds the tree of the method in a map and allocates a slice if the
// route has parameters.
type httpRouter struct {
	router *httprouter.Router
	called int
}

func newHTTPRouter(routes []route) rival {
	r := &httpRouter{router: httprouter.New()}
	for i, route := range routes {
		r.router.Handle(route.method, route.pattern, func(http.ResponseWriter, *http.Request, httprouter.Params) { r.called = i })
	}
	return r
}

func (r *httpRouter) check(l *lookup) (int, int) {
	handle, params, _ := r.router.Lookup(l.method, l.path)
	if handle == nil {
		return noRoute, 0
	}
	handle(nil, nil, nil)
	bytes := 0
	for _, param := range params {
		bytes += len(param.Value)
	}
	return r.called, bytes
}

func (r *httpRouter) run(lookups []lookup, order []uint32) {
	for _, i := range order {
		l := &lookups[i]
		sinkHandle, sinkParams, _ = r.router.Lookup(l.method, l.path)
	}
}

var (
	sinkHandle httprouter.Handle
	sinkParams httprouter.Params
)
