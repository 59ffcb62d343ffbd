//go:build !single || echo

package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
)

// echoHandlers is the application in Echo, without middleware.
type echoHandlers struct{ *application }

func init() { routers["echo"] = newEcho }

func newEcho(app *application) http.Handler {
	h := echoHandlers{app}
	engine := echo.New()
	engine.JSONSerializer = plainJSON{}
	engine.HTTPErrorHandler = h.fail
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Add(method, "/ping", h.ping)
		engine.Add(method, "/json", h.json)
		engine.Add(method, "/list/:length", h.list)
		engine.Group("/api/v1").Add(method, "/user/:id", h.showUser)
		engine.Add(method, "/fixed/css/site.css", h.ping)
		engine.Add(method, "/wild/*", h.ping)
		engine.Add(method, "/sql/user/:id", h.showRow)
	}
	engine.POST("/echo", h.echo)
	engine.Static("/static", app.staticDir)
	for _, one := range app.further {
		engine.Add(one.method, one.pattern, h.showRoute)
	}
	return engine
}

// plainJSON is Echo's serializer without the newline that it ends an answer with, so that the bytes are those of the other routers.
type plainJSON struct{ echo.DefaultJSONSerializer }

func (plainJSON) Serialize(c echo.Context, value interface{}, _ string) error {
	text, err := json.Marshal(value)
	if err == nil {
		_, err = c.Response().Write(text)
	}
	return err
}

// text answers as c.String does, whose type has "UTF-8" in capital letters.
func (h echoHandlers) text(c echo.Context, status int, text string) error {
	return c.Blob(status, textType, []byte(text))
}

// asJSON sets the type because that of c.JSON has "UTF-8" in capital letters.
func (h echoHandlers) asJSON(c echo.Context, value interface{}) error {
	c.Response().Header().Set(echo.HeaderContentType, jsonType)
	return c.JSON(http.StatusOK, value)
}

func (h echoHandlers) ping(c echo.Context) error { return h.text(c, http.StatusOK, "pong") }

func (h echoHandlers) json(c echo.Context) error { return h.asJSON(c, message{"pong"}) }

func (h echoHandlers) list(c echo.Context) error {
	length, ok := parseListLength(c.Param("length"))
	if !ok {
		return h.refuse(c, &failure{http.StatusBadRequest, listLengthRefusal})
	}
	return h.asJSON(c, listOf(length))
}

func (h echoHandlers) showUser(c echo.Context) error { return h.text(c, http.StatusOK, c.Param("id")) }

func (h echoHandlers) showRow(c echo.Context) error {
	found, failed := h.users.read(c.Param("id"))
	if failed != nil {
		return h.refuse(c, failed)
	}
	return h.asJSON(c, found)
}

func (h echoHandlers) echo(c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return h.refuse(c, &failure{http.StatusBadRequest, err.Error()})
	}
	return c.Blob(http.StatusOK, binaryType, body)
}

func (h echoHandlers) showRoute(c echo.Context) error {
	return h.text(c, http.StatusOK, describeRoute(c.Path(), c.Param))
}

func (h echoHandlers) refuse(c echo.Context, why *failure) error {
	h.counters.refused(why.status)
	return h.text(c, why.status, why.text)
}

// fail answers in place of Echo's own handler, which answers with JSON.
func (h echoHandlers) fail(err error, c echo.Context) {
	status := http.StatusInternalServerError
	var known *echo.HTTPError
	if errors.As(err, &known) {
		status = known.Code
	}
	texts := map[int]string{http.StatusNotFound: noRouteText, http.StatusMethodNotAllowed: noMethodText}
	h.counters.refused(status)
	c.Blob(status, plainType, []byte(texts[status]))
}
