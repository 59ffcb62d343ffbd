package main

import (
	"net/http"
	"net/url"

	"github.com/beego/beego/v2/server/web"
	"github.com/beego/beego/v2/server/web/context"
)

// beegoRouter measures the public ControllerRegister.FindRouter: the tree of the method, and the parameters in the input
// of one context, which is reset before each search as the engine does with a context of its pool. No filters run.
type beegoRouter struct {
	register *web.ControllerRegister
	context  *context.Context
	indices  map[string]int // of the routes, by method and pattern
}

func newBeego(routes []route) rival {
	r := &beegoRouter{register: web.NewControllerRegister(), context: context.NewContext(), indices: map[string]int{}}
	r.context.Reset(nil, &http.Request{URL: &url.URL{}, Host: "localhost"})
	for i, route := range routes {
		r.register.AddMethod(route.method, route.pattern, func(*context.Context) {})
		r.indices[route.method+route.pattern] = i
	}
	return r
}

func (r *beegoRouter) find(l *lookup) (*web.ControllerInfo, bool) {
	r.context.Request.Method = l.method
	r.context.Request.URL.Path = l.path
	r.context.Input.Reset(r.context)
	return r.register.FindRouter(r.context)
}

func (r *beegoRouter) check(l *lookup) (int, int) {
	found, ok := r.find(l)
	if !ok {
		return noRoute, 0
	}
	bytes := 0
	for _, value := range r.context.Input.Params() {
		bytes += len(value)
	}
	return r.indices[l.method+found.GetPattern()], bytes
}

func (r *beegoRouter) run(lookups []lookup, order []uint32) {
	for _, i := range order {
		sinkController, sinkFound = r.find(&lookups[i])
	}
}

var (
	sinkController *web.ControllerInfo
	sinkFound      bool
)
