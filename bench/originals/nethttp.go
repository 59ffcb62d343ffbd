//go:build !single || nethttp

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// netHandlers is the application in net/http alone. The ServeMux of Go 1.21 has neither wildcards nor methods.
type netHandlers struct{ *application }

func init() { routers["nethttp"] = newNetHTTP }

func newNetHTTP(app *application) http.Handler {
	h := netHandlers{app}
	mux := http.NewServeMux()
	mux.HandleFunc("/ping", h.read(h.ping))
	mux.HandleFunc("/json", h.read(h.json))
	mux.HandleFunc("/list/", h.read(h.list))
	mux.HandleFunc("/api/v1/user/", h.read(h.showUser))
	mux.HandleFunc("/fixed/css/site.css", h.read(h.ping))
	mux.HandleFunc("/wild/", h.read(h.ping))
	mux.HandleFunc("/sql/user/", h.read(h.showRow))
	mux.HandleFunc("/echo", h.echo)
	mux.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir(app.staticDir))))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		h.refuse(w, plainType, &failure{http.StatusNotFound, noRouteText})
	})
	return mux
}

// read admits GET and HEAD.
func (h netHandlers) read(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			h.refuse(w, plainType, &failure{http.StatusMethodNotAllowed, noMethodText})
			return
		}
		next(w, r)
	}
}

// parameter returns the rest of the path. If the rest has more than one segment, it answers with 404.
func (h netHandlers) parameter(w http.ResponseWriter, r *http.Request, prefix string) (string, bool) {
	rest := strings.TrimPrefix(r.URL.Path, prefix)
	if rest == "" || strings.Contains(rest, "/") {
		h.refuse(w, plainType, &failure{http.StatusNotFound, noRouteText})
		return "", false
	}
	return rest, true
}

func (h netHandlers) ping(w http.ResponseWriter, _ *http.Request) { h.text(w, "pong") }

func (h netHandlers) json(w http.ResponseWriter, _ *http.Request) { h.asJSON(w, message{"pong"}) }

func (h netHandlers) list(w http.ResponseWriter, r *http.Request) {
	parameter, found := h.parameter(w, r, "/list/")
	if !found {
		return
	}
	length, ok := parseListLength(parameter)
	if !ok {
		h.refuse(w, textType, &failure{http.StatusBadRequest, listLengthRefusal})
		return
	}
	h.asJSON(w, listOf(length))
}

func (h netHandlers) showUser(w http.ResponseWriter, r *http.Request) {
	if id, found := h.parameter(w, r, "/api/v1/user/"); found {
		h.text(w, id)
	}
}

func (h netHandlers) showRow(w http.ResponseWriter, r *http.Request) {
	id, found := h.parameter(w, r, "/sql/user/")
	if !found {
		return
	}
	answer, failed := h.users.read(id)
	if failed != nil {
		h.refuse(w, textType, failed)
		return
	}
	h.asJSON(w, answer)
}

func (h netHandlers) echo(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		h.refuse(w, plainType, &failure{http.StatusMethodNotAllowed, noMethodText})
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		h.refuse(w, textType, &failure{http.StatusBadRequest, err.Error()})
		return
	}
	w.Header().Set("Content-Type", binaryType)
	w.Write(body)
}

func (h netHandlers) text(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", textType)
	io.WriteString(w, text)
}

func (h netHandlers) asJSON(w http.ResponseWriter, value interface{}) {
	text, err := json.Marshal(value)
	if err != nil {
		h.refuse(w, textType, &failure{http.StatusInternalServerError, err.Error()})
		return
	}
	w.Header().Set("Content-Type", jsonType)
	w.Write(text)
}

func (h netHandlers) refuse(w http.ResponseWriter, kind string, why *failure) {
	h.counters.refused(why.status)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(why.text)))
	w.WriteHeader(why.status)
	io.WriteString(w, why.text)
}
