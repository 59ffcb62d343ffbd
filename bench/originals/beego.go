//go:build !single || beego

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/beego/beego/v2/client/orm"
	"github.com/beego/beego/v2/core/logs"
	"github.com/beego/beego/v2/server/web"
	beecontext "github.com/beego/beego/v2/server/web/context"
	"github.com/beego/beego/v2/server/web/session"
)

// beegoApp is what the controllers share. Beego makes a controller per request and copies its exported fields, which would cost
// each request time.
var beegoApp *application

// Beego's package reads the file conf/BEEGO_RUNMODE.app.conf, or conf/app.conf, of the working directory before main() begins.
const (
	runModeVariable = "BEEGO_RUNMODE"
	noSuchRunMode   = "originals-without-a-file"
)

func init() {
	routers["beego"] = newBeego
	prepares["beego"] = ignoreConfFile
}

// ignoreConfFile starts the program again, in the same process, so that Beego finds no file and keeps its defaults. duel has a file of
// this name in its own conf/.
func ignoreConfFile() error {
	if os.Getenv(runModeVariable) == noSuchRunMode {
		return nil
	}
	if err := os.Setenv(runModeVariable, noSuchRunMode); err != nil {
		return err
	}
	return syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}

func newBeego(app *application) http.Handler {
	beegoApp = app
	if err := configureBeego(app); err != nil {
		fmt.Fprintf(os.Stderr, "originals: Beego cannot be configured: %v\n", err)
		os.Exit(1)
	}
	server := web.NewHttpSever()
	addBeegoRoutes(server, app)
	web.ErrorHandler("404", refuseAs(app, http.StatusNotFound, noRouteText))
	web.ErrorHandler("405", refuseAs(app, http.StatusMethodNotAllowed, noMethodText))
	server.Handlers.Init()
	return server.Handlers
}

// configureBeego sets before the routes what their registration reads.
func configureBeego(app *application) error {
	config, settings := web.BConfig, app.beego
	config.RunMode = web.PROD
	config.WebConfig.StaticDir = map[string]string{"/static": app.staticDir}
	config.CopyRequestBody = bool(settings.copyRequestBody)
	config.EnableGzip = bool(settings.gzip)
	if settings.gzip {
		beecontext.InitGzip(-1, -1, strings.Split(settings.gzipMethods, ";")) // -1: Beego's defaults
	}
	if err := openAccessLog(settings); err != nil {
		return err
	}
	if err := openSessions(settings); err != nil || !settings.orm {
		return err
	}
	return openORM(app.users)
}

func openAccessLog(settings beegoOptions) error {
	web.BConfig.Log.AccessLogs = bool(settings.accessLogs)
	if !settings.accessLogs {
		return nil
	}
	if settings.accessLogsFile != "" {
		// Without rotation, as the log of duel.
		file, err := json.Marshal(map[string]interface{}{"filename": settings.accessLogsFile, "rotate": false})
		if err != nil {
			return err
		}
		if err := logs.SetLogger(logs.AdapterFile, string(file)); err != nil {
			return err
		}
	}
	if settings.accessLogsAsync {
		logs.Async()
	}
	return nil
}

// openSessions does what Run of Beego does. Sessions are in memory, as Beego's default.
func openSessions(settings beegoOptions) error {
	config := &web.BConfig.WebConfig.Session
	config.SessionOn = bool(settings.session)
	if !settings.session {
		return nil
	}
	manager, err := session.NewManager(config.SessionProvider, &session.ManagerConfig{
		CookieName: config.SessionName, EnableSetCookie: config.SessionAutoSetCookie, Gclifetime: config.SessionGCMaxLifetime,
		CookieLifeTime: config.SessionCookieLifeTime})
	if err != nil {
		return err
	}
	web.GlobalSessions = manager
	go manager.GC()
	return nil
}

func addBeegoRoutes(server *web.HttpServer, app *application) {
	main, rows := &mainController{}, &rowController{}
	server.Router("/ping", main, "get,head:Ping")
	server.Router("/json", main, "get,head:JSON")
	server.Router("/list/:length", main, "get,head:List")
	server.Router("/echo", main, "post:Echo")
	server.Router("/fixed/css/site.css", main, "get,head:Ping")
	server.Router("/wild/*", main, "get,head:Ping")
	server.Router("/api/v1/user/:id", main, "get,head:ShowUser")
	server.Router("/sql/user/:id", rows, "get,head:ShowSQL")
	if app.beego.orm {
		server.Router("/orm/user/:id", rows, "get,head:ShowORM")
	}
	if app.items != nil {
		server.Router(itemRoute, &itemController{}, "get:Keep")
	}
	for _, one := range app.further {
		server.Router(one.pattern, main, strings.ToLower(one.method)+":ShowRoute")
	}
}

func refuseAs(app *application, status int, text string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		app.counters.refused(status)
		w.Header().Set("Content-Type", plainType)
		io.WriteString(w, text)
	}
}

// openORM opens the database at the start, as Beego does.
func openORM(users *users) error {
	if err := users.open(); err != nil {
		return err
	}
	orm.RegisterModel(new(User))
	return orm.RegisterDataBase("default", "sqlite3", database, orm.MaxIdleConnections(connections))
}

type mainController struct{ web.Controller }

func (c *mainController) text(text string) {
	c.Ctx.Output.Header("Content-Type", textType)
	c.Ctx.Output.Body([]byte(text))
}

func (c *mainController) refuse(why *failure) {
	beegoApp.counters.refused(why.status)
	c.Ctx.Output.SetStatus(why.status)
	c.text(why.text)
}

func (c *mainController) Ping() { c.text("pong") }

func (c *mainController) JSON() {
	c.Data["json"] = map[string]interface{}{"message": "pong"}
	c.ServeJSON()
}

func (c *mainController) List() {
	length, ok := parseListLength(c.Ctx.Input.Param(":length"))
	if !ok {
		c.refuse(&failure{http.StatusBadRequest, listLengthRefusal})
		return
	}
	list := make([]interface{}, 0, length)
	for id := 1; id <= length; id++ {
		list = append(list, map[string]interface{}{"id": id, "name": "someone"})
	}
	c.Data["json"] = list
	c.ServeJSON()
}

func (c *mainController) Echo() {
	body, err := io.ReadAll(c.Ctx.Request.Body)
	if err != nil {
		c.refuse(&failure{http.StatusBadRequest, err.Error()})
		return
	}
	c.Ctx.Output.Header("Content-Type", binaryType)
	c.Ctx.Output.Body(body)
}

func (c *mainController) ShowUser() { c.text(c.Ctx.Input.Param(":id")) }

func (c *mainController) ShowRoute() {
	pattern, _ := c.Ctx.Input.GetData("RouterPattern").(string)
	c.text(describeRoute(pattern, func(name string) string { return c.Ctx.Input.Param(":" + name) }))
}

// User is the model of the ORM; Beego takes the name of the table from it.
type User struct {
	ID    int64  `orm:"column(id);auto;pk"`
	Name  string `orm:"column(name)"`
	Email string `orm:"column(email)"`
	Age   int64  `orm:"column(age)"`
}

type rowController struct{ mainController }

func (c *rowController) ShowSQL() {
	found, failed := beegoApp.users.read(c.Ctx.Input.Param(":id"))
	c.answer(found, failed)
}

func (c *rowController) ShowORM() {
	id, err := c.GetInt64(":id")
	if err != nil {
		c.refuse(badID)
		return
	}
	found := User{ID: id}
	err = orm.NewOrm().Read(&found, "ID")
	if err == orm.ErrNoRows {
		c.refuse(noUser)
		return
	}
	c.answer(row{found.Age, found.Email, found.ID, found.Name}, failureOf(err))
}

func (c *rowController) answer(found row, failed *failure) {
	if failed != nil {
		c.refuse(failed)
		return
	}
	c.Data["json"] = &found
	c.ServeJSON()
}

type itemController struct{ mainController }

func (c *itemController) Keep() { c.text(itemAnswer(beegoApp.items.keep(c.Ctx.Input.Param(":id")))) }
