package stories

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// port finds an address that nobody listens on.
func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port VARIABLE")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	ts.Check(l.Close())
}

// mailed hands a mail over, with the script's variables in it, as the mail server beside the program does, and prints the answer.
func mailed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: mailed CODE ADDRESS FROM TO FILE")
	}
	code, text := handOver(ts, args[1], args[2], args[3], []byte(os.Expand(ts.ReadFile(args[4]), ts.Getenv)))
	_, err := fmt.Fprintf(ts.Stdout(), "%d %s\n", code, text)
	ts.Check(err)
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("%s: %d %s, want %s", args[4], code, text, args[0])
	}
}

// corpus hands many mails over; whatever they are, each has an answer.
func corpus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: corpus ADDRESS FROM TO DIRECTORY")
	}
	mails, err := filepath.Glob(filepath.Join(args[3], "*.eml"))
	ts.Check(err)
	answers := map[int]int{}
	for _, path := range mails {
		mail, err := os.ReadFile(path)
		ts.Check(err)
		code, text := handOver(ts, args[0], args[1], args[2], mail)
		if code != 250 && code != 554 && code != 552 {
			ts.Fatalf("%s: %d %s", filepath.Base(path), code, text)
		}
		answers[code]++
	}
	_, err = fmt.Fprintf(ts.Stdout(), "%d mails: %d taken or dropped, %d refused\n", len(mails), answers[250], len(mails)-answers[250])
	ts.Check(err)
}

// handOver sends a mail by LMTP, its lines ended as mail has it, and gives the last answer.
func handOver(ts *testscript.TestScript, address, from, to string, mail []byte) (code int, text string) {
	conn, err := net.Dial("tcp", address)
	ts.Check(err)
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	err = c.Mail(strings.Trim(from, "<>"), nil)
	if err == nil {
		err = c.Rcpt(to, nil)
	}
	if err == nil {
		err = handOverData(c, strings.ReplaceAll(strings.ReplaceAll(string(mail), "\r\n", "\n"), "\n", "\r\n"))
	}
	var many smtp.LMTPDataError
	if errors.As(err, &many) {
		err = many[to]
	}
	var answer *smtp.SMTPError
	switch {
	case errors.As(err, &answer):
		return answer.Code, answer.Message
	case err != nil:
		ts.Fatalf("no answer: %v", err)
	}
	return 250, "OK"
}

func handOverData(c *smtp.Client, mail string) error {
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(mail)); err != nil {
		return err
	}
	return w.Close()
}
