package stories

import (
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
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
//	upload STATUS ADDRESS K=V… @FILE… K=@FILE…  send a form with files
//	halfway KB DIR ADDRESS K=V… @FILE…  send half of such a form, until so much of a file is under way in DIR
//	large MB FILE                write a text of that size
//	encoded ENCODING SEPARATOR FROM TO  write a list of semicolons anew
//	bombs DIR                    write files that are made to exhaust whoever reads them
//	held NAME MB                 have the server NAME never have held more memory of its own
//	matched DIR [N]              wait until each row of a file has its bytes in DIR, and nothing else is there [and they are N]; says how many
//	port VARIABLE                set a variable to a local address that is free
//	mailed CODE ADDRESS FROM TO FILE  hand a mail over by LMTP, to be answered with the code; FROM may be <>
//	corpus ADDRESS FROM TO DIR   hand over all mails of a directory, one after the other; says how many got which answer
//	shows TEXT ADDRESS           fetch a page again and again until it shows that text
//	keep VARIABLE PATTERN        set a variable to what the pattern's group finds in standard output, the first time
//	credentials OFFICE NAME      send credentials to the contact whom a search for the name finds; $sheet is the address of theirs
//	window NAME                  use another browser, with cookies of its own
//	slow ADDRESS                 send half a form and leave it in flight
//	finish                       send the rest; the answer is standard output
//	mailbox VARIABLE [hold]      start a mail server, which answers no letter until «release»; $VARIABLE is its address
//	release                      have it answer from now on; what was held is refused
//	letters N [ADDRESS]          wait until N letters have come [for them]; all are standard output
//	same N ADDRESS               have N letters come for them, the same one each time but for its date
//	invited N ADDRESS            wait for their N-th letter, the last; $token and $code are those of the invitation
var commands = map[string]func(*testscript.TestScript, bool, []string){
	"status":      status,
	"together":    together,
	"people":      people,
	"sums":        sums,
	"serve":       serve,
	"halt":        halt,
	"interrupt":   interrupt,
	"ended":       ended,
	"crash":       crash,
	"get":         get,
	"until":       until,
	"post":        post,
	"upload":      upload,
	"halfway":     halfway,
	"large":       large,
	"encoded":     encoded,
	"bombs":       bombs,
	"held":        held,
	"matched":     matched,
	"port":        port,
	"mailed":      mailed,
	"corpus":      corpus,
	"shows":       shows,
	"keep":        keep,
	"window":      window,
	"credentials": credentials,
	"withenv":     withenv,
	"word":        word,
	"password":    password,
	"slow":        slow,
	"finish":      finish,
	"mailbox":     startMailbox,
	"release":     release,
	"letters":     letters,
	"invited":     invited,
	"same":        same,
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

// browser is the window in use: a jar of cookies, redirects not followed.
func browser(ts *testscript.TestScript) *http.Client {
	s := ts.Value(serving{}).(*servers)
	if s.windows[s.window] == nil {
		jar, err := cookiejar.New(nil)
		ts.Check(err)
		s.windows[s.window] = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return s.windows[s.window]
}

func window(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: window NAME")
	}
	ts.Value(serving{}).(*servers).window = args[0]
}

func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keep VARIABLE PATTERN")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%s finds nothing in\n%s", pattern, ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], html.UnescapeString(found[1]))
}

// found is the link to a contact's sheet in a list.
var found = regexp.MustCompile(`href="(/[^"]*/contacts\?open=([0-9a-f-]+))"`)

func credentials(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: credentials OFFICE NAME")
	}
	office, err := url.Parse(args[0])
	ts.Check(err)
	list, err := browser(ts).Get(args[0] + "/contacts?q=" + url.QueryEscape(args[1]))
	ts.Check(err)
	defer list.Body.Close()
	page, err := io.ReadAll(list.Body)
	ts.Check(err)
	links := found.FindAllSubmatch(page, -1)
	if len(links) != 1 {
		ts.Fatalf("%d contacts are called %s", len(links), args[1])
	}
	sheet := office.ResolveReference(&url.URL{Path: "/"}).String() + string(links[0][1][1:])
	ts.Setenv("sheet", sheet)
	post(ts, false, []string{"303", args[0] + "/contacts/" + string(links[0][2]) + "/credentials"})
}

func shows(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: shows TEXT ADDRESS")
	}
	var page string
	for begun := time.Now(); time.Since(begun) < patience; {
		answer, err := browser(ts).Get(args[1])
		ts.Check(err)
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		ts.Check(err)
		if page = html.UnescapeString(string(body)); strings.Contains(page, args[0]) {
			_, err = io.WriteString(ts.Stdout(), page)
			ts.Check(err)
			return
		}
	}
	ts.Fatalf("%s does not show %q within %v:\n%s", args[1], args[0], patience, page)
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
