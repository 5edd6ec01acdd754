package stories

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// serving is the key under which a script's servers are kept.
type serving struct{}

// servers are the programs that a script has started and not yet ended, and the browser that it uses them with.
type servers struct {
	running map[string]*server
	windows map[string]*http.Client
	window  string // the one in use
	slow    net.Conn
	mailbox *mailbox
	t       testing.TB
}

type server struct {
	cmd   *exec.Cmd
	ended chan error
}

// end kills what a script has left running.
func (s *servers) end() {
	s.mailbox.end()
	for _, x := range s.running {
		x.cmd.Process.Kill()
		<-x.ended
	}
	if s.slow != nil {
		s.slow.Close()
	}
}

// patience is how long a story waits for the program to start or to stop.
const patience = 60 * time.Second

var announced = regexp.MustCompile(`serves on (http://[^\s;]+)`)

func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: serve NAME ARGS…")
	}
	name := args[0]
	cmd := command(ts, "entregent", append([]string{"serve", "--addr=127.0.0.1:0"}, args[1:]...))
	cmd.Stderr = file(ts, name+".err")
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	s := &server{cmd: cmd, ended: make(chan error, 1)}
	ts.Value(serving{}).(*servers).running[name] = s
	address := make(chan string, 1)
	copied := file(ts, name+".out")
	go func() {
		lines := bufio.NewScanner(io.TeeReader(out, copied))
		for lines.Scan() {
			if m := announced.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
		s.ended <- cmd.Wait()
	}()
	select {
	case a := <-address:
		ts.Setenv(name, a)
	case err := <-s.ended:
		s.ended <- err
		ts.Fatalf("serve ended: %v\n%s", err, ts.ReadFile(name+".err"))
	case <-time.After(patience):
		ts.Fatalf("serve did not say its address within %v", patience)
	}
}

func halt(ts *testscript.TestScript, neg bool, args []string) {
	interrupt(ts, false, args)
	ended(ts, neg, args)
}

func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: interrupt NAME")
	}
	ts.Check(running(ts, args[0]).cmd.Process.Signal(os.Interrupt))
}

func crash(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: crash NAME")
	}
	ts.Check(running(ts, args[0]).cmd.Process.Signal(syscall.SIGKILL))
	ended(ts, true, args)
}

func ended(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] ended NAME")
	}
	select {
	case err := <-running(ts, args[0]).ended:
		delete(ts.Value(serving{}).(*servers).running, args[0])
		if got := exitStatus(err); neg == (got == 0) {
			ts.Fatalf("%s ended with status %d\n%s", args[0], got, ts.ReadFile(args[0]+".err"))
		}
	case <-time.After(patience):
		ts.Fatalf("%s did not end within %v", args[0], patience)
	}
}

func running(ts *testscript.TestScript, name string) *server {
	s := ts.Value(serving{}).(*servers).running[name]
	if s == nil {
		ts.Fatalf("%s does not run", name)
	}
	return s
}

// slow sends the head of a sign-in and half of its body: a request in flight.
func slow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: slow ADDRESS")
	}
	u, err := url.Parse(args[0])
	ts.Check(err)
	c, err := net.Dial("tcp", u.Host)
	ts.Check(err)
	ts.Value(serving{}).(*servers).slow = c
	_, err = fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
		u.Path, u.Host, len(slowBody))
	ts.Check(err)
	line, err := bufio.NewReader(c).ReadString('\n') // the handler reads the body: the request is in its hands
	ts.Check(err)
	if !strings.Contains(line, "100") {
		ts.Fatalf("answered %q before it was sent", line)
	}
}

const slowBody = "email=nobody@example.org&password=none"

// finish sends the rest of the slow request and prints the answer.
func finish(ts *testscript.TestScript, neg bool, args []string) {
	c := ts.Value(serving{}).(*servers).slow
	_, err := io.WriteString(c, slowBody)
	ts.Check(err)
	answer, err := io.ReadAll(c)
	ts.Check(err)
	_, err = ts.Stdout().Write(answer)
	ts.Check(err)
}
