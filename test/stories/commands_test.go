package stories

import (
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// commands are what the scripts know besides testscript's own:
//
//	status N PROGRAM ARGS…       run a program that must end with that status
//	together N PROGRAM ARGS…     run N of it at once; standard output has theirs and a line «status S» of each
//	people N FILE                write N contacts to import, of three organisations
//	sums N PATTERN               the numbers that PATTERN finds in standard output come to N
//	serve NAME ARGS…             start «entregent serve»; $NAME is its address; its output is in NAME.out and NAME.err
//	[!] halt NAME                Ctrl-C it, and have it end with status 0 [another]
//	interrupt NAME               Ctrl-C it, and go on
//	[!] ended NAME               have it end by itself with status 0 [another]
//	crash NAME                   kill -9 it
//	withenv K=V PROGRAM ARGS…    run a program with one more variable, whatever its status
//	word NAME                    set $word to the set-up word that the server NAME printed
//	password ADDRESS             set $password to that of the demo's sign-in
//	get STATUS ADDRESS           fetch a page; its body is standard output
//	until STATUS ADDRESS         ask until that is the answer
//	post STATUS ADDRESS K=V…     send a form
//	slow ADDRESS                 send half a form and leave it in flight
//	finish                       send the rest; the answer is standard output
//	mailbox VARIABLE [hold]      start a mail server, which answers no letter until «release»; $VARIABLE is its address
//	release                      have it answer from now on; what was held is refused
//	letters N                    wait until N letters have come; all are standard output
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"status":    status,
	"together":  together,
	"people":    people,
	"sums":      sums,
	"serve":     serve,
	"halt":      halt,
	"interrupt": interrupt,
	"ended":     ended,
	"crash":     crash,
	"get":       get,
	"until":     until,
	"post":      post,
	"withenv":   withenv,
	"word":      word,
	"password":  password,
	"slow":      slow,
	"finish":    finish,
	"mailbox":   startMailbox,
	"release":   release,
	"letters":   letters,
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N PROGRAM ARGS…")
	}
	cmd := command(ts, args[1], args[2:])
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	if got := exitStatus(cmd.Run()); strconv.Itoa(got) != args[0] {
		ts.Fatalf("status %d, want %s", got, args[0])
	}
}

func together(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: together N PROGRAM ARGS…")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	said := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			out, err := command(ts, args[1], args[2:]).Output()
			said[i] = string(out) + "status " + strconv.Itoa(exitStatus(err)) + "\n"
		})
	}
	all.Wait()
	_, err = io.WriteString(ts.Stdout(), strings.Join(said, ""))
	ts.Check(err)
}

func withenv(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: withenv K=V PROGRAM ARGS…")
	}
	cmd := command(ts, args[1], args[2:])
	cmd.Env = append(cmd.Env, args[0])
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	if exitStatus(cmd.Run()) < 0 {
		ts.Fatalf("%s did not run", args[1])
	}
}

func word(ts *testscript.TestScript, neg bool, args []string) {
	_, rest, found := strings.Cut(ts.ReadFile(args[0]+".out"), "with the word ")
	if neg || !found {
		ts.Fatalf("%s printed no word", args[0])
	}
	ts.Setenv("word", strings.Fields(rest)[0])
}

func password(ts *testscript.TestScript, neg bool, args []string) {
	_, rest, found := strings.Cut(ts.ReadFile("var/demo-sign-ins.txt"), args[0])
	if neg || !found {
		ts.Fatalf("there is no sign-in of %s", args[0])
	}
	ts.Setenv("password", strings.Fields(rest)[0])
}

// command is a program in the script's directory and environment.
func command(ts *testscript.TestScript, program string, args []string) *exec.Cmd {
	path := program
	if program == "entregent" {
		path = binary + "/entregent"
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{
		"PATH", "HOME", "TMPDIR", "ENTREGENT_DATA", "ENTREGENT_DATABASE", "ENTREGENT_PASSWORD_PASSES", "ENTREGENT_PASSWORD_MEMORY",
	} {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	return cmd
}

func exitStatus(err error) int {
	var e *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.ExitCode()
	}
	return -1
}

// browser is the script's: one jar of cookies, redirects not followed.
func browser(ts *testscript.TestScript) *http.Client {
	s := ts.Value(serving{}).(*servers)
	if s.browser == nil {
		jar, err := cookiejar.New(nil)
		ts.Check(err)
		s.browser = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return s.browser
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: get STATUS ADDRESS")
	}
	request, err := http.NewRequest(http.MethodGet, args[1], nil)
	ts.Check(err)
	exchange(ts, request, args[0])
}

func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: until STATUS ADDRESS")
	}
	for begun := time.Now(); time.Since(begun) < patience; {
		answer, err := browser(ts).Get(args[1])
		ts.Check(err)
		answer.Body.Close()
		if strconv.Itoa(answer.StatusCode) == args[0] {
			return
		}
	}
	ts.Fatalf("%s is not the answer within %v", args[0], patience)
}

func post(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: post STATUS ADDRESS FIELD=VALUE…")
	}
	form := url.Values{}
	for _, a := range args[2:] {
		name, value, _ := strings.Cut(a, "=")
		form.Add(name, value)
	}
	request, err := http.NewRequest(http.MethodPost, args[1], strings.NewReader(form.Encode()))
	ts.Check(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	exchange(ts, request, args[0])
}

// exchange prints the answer's Location and body.
func exchange(ts *testscript.TestScript, request *http.Request, want string) {
	answer, err := browser(ts).Do(request)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	if to := answer.Header.Get("Location"); to != "" {
		body = append([]byte("Location: "+to+"\n"), body...)
	}
	_, err = ts.Stdout().Write(body)
	ts.Check(err)
	if strconv.Itoa(answer.StatusCode) != want {
		ts.Fatalf("%s %s: status %d, want %s", request.Method, request.URL.Path, answer.StatusCode, want)
	}
}

// file is a file of the script's directory, made anew.
func file(ts *testscript.TestScript, name string) *os.File {
	f, err := os.Create(ts.MkAbs(name))
	ts.Check(err)
	return f
}
