package stories

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/sqldb"
)

// filesField is the field by which files come along.
const filesField = "files"

// upload sends a form with files as a page does.
func upload(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: upload STATUS ADDRESS FIELD=VALUE… @FILE…")
	}
	exchange(ts, formWithFiles(ts, args[1], args[2:]), args[0])
}

// formWithFiles is the request: what begins with @ is a file of the script's, in filesField or the one that is named.
func formWithFiles(ts *testscript.TestScript, address string, args []string) *http.Request {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, a := range args {
		field, name, named := strings.Cut(a, "=@")
		if own, isFile := strings.CutPrefix(a, "@"); isFile {
			field, name, named = filesField, own, true
		}
		if named {
			part, err := form.CreateFormFile(field, name)
			ts.Check(err)
			_, err = io.WriteString(part, ts.ReadFile(name))
			ts.Check(err)
			continue
		}
		field, value, _ := strings.Cut(a, "=")
		ts.Check(form.WriteField(field, value))
	}
	ts.Check(form.Close())
	request, err := http.NewRequest(http.MethodPost, address, &body)
	ts.Check(err)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return request
}

// large writes a text of so many megabytes.
func large(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: large MEGABYTES FILE")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	line := strings.Repeat("x", 1023) + "\n"
	_, err = io.WriteString(file(ts, args[1]), strings.Repeat(line, n<<10))
	ts.Check(err)
}

// halfway sends half of a form with files, and returns when the program has put so much of the file under way on the disk.
func halfway(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: halfway KILOBYTES DIRECTORY ADDRESS FIELD=VALUE… @FILE…")
	}
	want, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	request := formWithFiles(ts, args[2], args[3:])
	for _, c := range browser(ts).Jar.Cookies(request.URL) {
		request.AddCookie(c)
	}
	whole, err := io.ReadAll(request.Body)
	ts.Check(err)
	c, err := net.Dial("tcp", request.URL.Host)
	ts.Check(err)
	ts.Defer(func() { c.Close() })
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", request.URL.RequestURI(), request.URL.Host, len(whole))
	for name, values := range request.Header {
		head += name + ": " + strings.Join(values, "; ") + "\r\n"
	}
	_, err = io.WriteString(c, head+"\r\n")
	ts.Check(err)
	_, err = c.Write(whole[:len(whole)/2])
	ts.Check(err)
	incoming := filepath.Join(ts.MkAbs(args[1]), "incoming")
	tick, limit := time.NewTicker(10*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for {
		for _, size := range sizes(ts, incoming) {
			if size >= want<<10 {
				return
			}
		}
		select {
		case <-tick.C:
		case <-limit:
			ts.Fatalf("there are not %d KB under way within %v", want, patience)
		}
	}
}

// sizes are those of the files below a directory, by name.
func sizes(ts *testscript.TestScript, dir string) map[string]int64 {
	found := map[string]int64{}
	ts.Check(filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			found[d.Name()] = info.Size()
		}
		return nil // a name that has just gone is none
	}))
	return found
}

// matched waits until all rows of files have their bytes in the directory, and there is nothing else in it; it says how many there are, or
// waits until there are so many.
func matched(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: matched DIRECTORY [N]")
	}
	db, err := sqldb.Open(context.Background(), database(ts))
	ts.Check(err)
	defer db.Close()
	tick, limit := time.NewTicker(50*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for {
		rows, bytes := rowsOf(ts, db), sizes(ts, ts.MkAbs(args[0]))
		if maps.Equal(rows, bytes) && (len(args) == 1 || args[1] == strconv.Itoa(len(rows))) {
			_, err := fmt.Fprintf(ts.Stdout(), "%d files\n", len(rows))
			ts.Check(err)
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			ts.Fatalf("rows %v, bytes %v", rows, bytes)
		}
	}
}

// database is the script's.
func database(ts *testscript.TestScript) sqldb.Options {
	if dsn := ts.Getenv("ENTREGENT_DATABASE"); dsn != "" {
		return sqldb.Options{DSN: dsn}
	}
	return sqldb.Options{Path: filepath.Join(ts.Getenv("ENTREGENT_DATA"), "entregent.db")}
}

// rowsOf are the files as the database has them: how many bytes each.
func rowsOf(ts *testscript.TestScript, db *sqldb.DB) map[string]int64 {
	ctx, found := context.Background(), map[string]int64{}
	ts.Check(db.View(ctx, func(tx *sqldb.Tx) error {
		_, err := sqldb.List(ctx, tx, func(row sqldb.Scanner) (none struct{}, err error) {
			var of id.File
			var size int64
			err = row.Scan(&of, &size)
			found[of.String()] = size
			return none, err
		}, `SELECT id, size FROM file`)
		return err
	}))
	return found
}
