package main

import (
	"reflect"
	"unsafe"

	"github.com/gin-gonic/gin"
)

// Gin does not export its tree. ginValue and ginSkipped have the memory layout of the unexported types that the search
// of gin 1.9.1 uses, and the search is linked by its name. Only the tree is measured: no engine, no context.
type ginValue struct {
	handlers gin.HandlersChain
	params   *gin.Params
	tsr      bool
	fullPath string
}

type ginSkipped struct {
	path        string
	node        unsafe.Pointer
	paramsCount int16
}

//go:linkname ginGetValue github.com/gin-gonic/gin.(*node).getValue
func ginGetValue(node unsafe.Pointer, path string, params *gin.Params, skipped *[]ginSkipped, unescape bool) ginValue

type ginTree struct {
	method string
	root   unsafe.Pointer
}

// ginRouter finds the tree of the method in a list, as the engine does. All searches use the parameters and the skipped
// nodes of one context, which are emptied before each search.
type ginRouter struct {
	engine  *gin.Engine // keeps the trees alive
	trees   []ginTree
	params  gin.Params
	skipped []ginSkipped
	called  int
}

const maxParams = 16

func newGin(routes []route) rival {
	gin.SetMode(gin.ReleaseMode)
	r := &ginRouter{engine: gin.New(), params: make(gin.Params, 0, maxParams), skipped: make([]ginSkipped, 0, maxParams)}
	for i, route := range routes {
		r.engine.Handle(route.method, route.pattern, func(*gin.Context) { r.called = i })
	}
	trees := reflect.ValueOf(r.engine).Elem().FieldByName("trees")
	for i := 0; i < trees.Len(); i++ {
		tree := trees.Index(i)
		r.trees = append(r.trees, ginTree{tree.FieldByName("method").String(), tree.FieldByName("root").UnsafePointer()})
	}
	return r
}

func (r *ginRouter) find(l *lookup) ginValue {
	r.params = r.params[:0]
	r.skipped = r.skipped[:0]
	for i := range r.trees {
		if r.trees[i].method == l.method {
			return ginGetValue(r.trees[i].root, l.path, &r.params, &r.skipped, false)
		}
	}
	return ginValue{}
}

func (r *ginRouter) check(l *lookup) (int, int) {
	value := r.find(l)
	if value.handlers == nil {
		return noRoute, 0
	}
	value.handlers[0](nil)
	bytes := 0
	if value.params != nil {
		for _, param := range *value.params {
			bytes += len(param.Value)
		}
	}
	return r.called, bytes
}

func (r *ginRouter) run(lookups []lookup, order []uint32) {
	for _, i := range order {
		value := r.find(&lookups[i])
		sinkHandlers = value.handlers
	}
}

var sinkHandlers gin.HandlersChain
