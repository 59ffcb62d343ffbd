//go:build !single || gin

package main

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// ginHandlers is the application in Gin, without middleware.
type ginHandlers struct{ *application }

func init() { routers["gin"] = newGin }

func newGin(app *application) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	h := ginHandlers{app}
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.NoRoute(func(*gin.Context) { app.counters.refused(http.StatusNotFound) })
	engine.NoMethod(func(*gin.Context) { app.counters.refused(http.StatusMethodNotAllowed) })
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Handle(method, "/ping", h.ping)
		engine.Handle(method, "/json", h.json)
		engine.Handle(method, "/list/:length", h.list)
		engine.Group("/api/v1").Handle(method, "/user/:id", h.showUser)
		engine.Handle(method, "/fixed/css/site.css", h.ping)
		engine.Handle(method, "/wild/*rest", h.ping)
		engine.Handle(method, "/sql/user/:id", h.showRow)
	}
	engine.POST("/echo", h.echo)
	engine.StaticFS("/static", gin.Dir(app.staticDir, false))
	for _, one := range app.further {
		engine.Handle(one.method, one.pattern, h.showRoute)
	}
	if app.items != nil {
		engine.GET(itemRoute, h.keepItem)
	}
	if !app.pool {
		return withoutPool{engine}
	}
	return engine
}

// withoutPool does what ServeHTTP of gin.Engine does, but with a new context per request.
type withoutPool struct{ engine *gin.Engine }

func (p withoutPool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := gin.CreateTestContextOnly(w, p.engine)
	c.Request = r
	p.engine.HandleContext(c)
}

func (h ginHandlers) ping(c *gin.Context) { c.String(http.StatusOK, "pong") }

func (h ginHandlers) json(c *gin.Context) { c.JSON(http.StatusOK, message{"pong"}) }

func (h ginHandlers) list(c *gin.Context) {
	length, ok := parseListLength(c.Param("length"))
	if !ok {
		h.refuse(c, &failure{http.StatusBadRequest, listLengthRefusal})
		return
	}
	c.JSON(http.StatusOK, listOf(length))
}

func (h ginHandlers) showUser(c *gin.Context) { c.String(http.StatusOK, c.Param("id")) }

func (h ginHandlers) showRow(c *gin.Context) {
	found, failed := h.users.read(c.Param("id"))
	if failed != nil {
		h.refuse(c, failed)
		return
	}
	c.JSON(http.StatusOK, found)
}

func (h ginHandlers) echo(c *gin.Context) {
	body, err := c.GetRawData()
	if err != nil {
		h.refuse(c, &failure{http.StatusBadRequest, err.Error()})
		return
	}
	c.Data(http.StatusOK, binaryType, body)
}

func (h ginHandlers) keepItem(c *gin.Context) {
	c.String(http.StatusOK, itemAnswer(h.items.keep(c.Param("id"))))
}

func (h ginHandlers) showRoute(c *gin.Context) {
	c.String(http.StatusOK, describeRoute(c.FullPath(), func(name string) string {
		return strings.TrimPrefix(c.Param(name), "/")
	}))
}

func (h ginHandlers) refuse(c *gin.Context, why *failure) {
	h.counters.refused(why.status)
	c.String(why.status, why.text)
}
