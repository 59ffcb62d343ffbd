package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

// The table of users behind /sql/user/:id and /orm/user/:id, with the rows of servers/demo/users.cc.
const (
	database    = "file:originals?mode=memory&cache=shared"
	usersTable  = "CREATE TABLE IF NOT EXISTS `user` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `email` text NOT NULL, `age` integer NOT NULL)"
	insertUser  = "INSERT INTO user (name, email, age) VALUES (?, ?, ?)"
	findUser    = "SELECT age, email, id, name FROM user WHERE id = ?"
	usersMax    = 1000
	youngest    = 18
	ages        = 60
	connections = 64 // idle connections that the pool keeps, so that none is opened per request
)

// row is a row of the table, in the order of the JSON answer.
type row struct {
	Age   int64  `json:"age"`
	Email string `json:"email"`
	ID    int64  `json:"id"`
	Name  string `json:"name"`
}

// failure is a refusal: status and text for the client.
type failure struct {
	status int
	text   string
}

var (
	badID          = &failure{http.StatusBadRequest, "400 the id must be a number"}
	noUser         = &failure{http.StatusNotFound, "404 there is no such user"}
	databaseFailed = &failure{http.StatusInternalServerError, "500 the database has failed"}
)

// users opens its database at the first request, or when a router opens it at its start.
type users struct {
	once sync.Once
	db   *sql.DB
	find *sql.Stmt
	err  error
}

func (u *users) open() error {
	u.once.Do(func() {
		if u.db, u.err = sql.Open("sqlite3", database); u.err != nil {
			return
		}
		u.db.SetMaxIdleConns(connections)
		if u.err = fill(u.db); u.err == nil {
			u.find, u.err = u.db.Prepare(findUser)
		}
	})
	return u.err
}

// fill creates the table, with its rows if it is empty: all connections of the process share the database.
func fill(db *sql.DB) error {
	if _, err := db.Exec(usersTable); err != nil {
		return err
	}
	var there int
	if err := db.QueryRow("SELECT count(*) FROM user").Scan(&there); err != nil || there > 0 {
		return err
	}
	all, err := db.Begin()
	if err != nil {
		return err
	}
	defer all.Rollback()
	for i := 1; i <= usersMax; i++ {
		name := "user" + strconv.Itoa(i)
		if _, err := all.Exec(insertUser, name, name+"@example.com", youngest+i%ages); err != nil {
			return err
		}
	}
	return all.Commit()
}

// read looks a user up by native SQL, with a prepared statement. Either the failure is nil or the row is not valid.
func (u *users) read(idText string) (row, *failure) {
	var found row
	id, err := strconv.ParseInt(idText, 10, 64)
	if err != nil {
		return found, badID
	}
	if err = u.open(); err == nil {
		err = u.find.QueryRow(id).Scan(&found.Age, &found.Email, &found.ID, &found.Name)
	}
	return found, failureOf(err)
}

// failureOf reports an error of the database on standard error.
func failureOf(err error) *failure {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return noUser
	}
	fmt.Fprintf(os.Stderr, "originals: %v\n", err)
	return databaseFailed
}
