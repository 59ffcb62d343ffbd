// fasthttp with the routes of ../README.md: `PROGRAM PORT`. GOMAXPROCS is 1, as the server has one CPU.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/valyala/fasthttp"
)

const (
	kindText = "text/plain; charset=utf-8"
	kindJSON = "application/json; charset=utf-8"
	users    = "/api/v1/user/"
)

type message struct {
	Message string `json:"message"`
}

var (
	short = bytes.Repeat([]byte("x"), 1024)
	long  = bytes.Repeat([]byte("x"), 102400)
)

func answer(c *fasthttp.RequestCtx, kind string, body []byte) {
	c.SetContentType(kind)
	c.SetBody(body)
}

func serve(c *fasthttp.RequestCtx) {
	path := string(c.Path())
	switch {
	case c.IsPost() && path == "/echo":
		answer(c, kindText, c.PostBody())
	case !c.IsGet() && !c.IsHead():
		c.Error("404 page not found", fasthttp.StatusNotFound)
	case path == "/ping":
		answer(c, kindText, []byte("pong"))
	case path == "/json":
		body, err := json.Marshal(message{"pong"})
		if err != nil {
			c.Error(err.Error(), fasthttp.StatusInternalServerError)
			return
		}
		answer(c, kindJSON, body)
	case path == "/static/1k.txt":
		answer(c, kindText, short)
	case path == "/static/100k.txt":
		answer(c, kindText, long)
	case strings.HasPrefix(path, users):
		answer(c, kindText, []byte(path[len(users):]))
	default:
		c.Error("404 page not found", fasthttp.StatusNotFound)
	}
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: PROGRAM PORT")
		os.Exit(2)
	}
	runtime.GOMAXPROCS(1)
	if err := fasthttp.ListenAndServe("127.0.0.1:"+os.Args[1], serve); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
