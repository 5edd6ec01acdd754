package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// longestLine bounds an answer and a password file.
const longestLine = 4096

// questions asks a person for what the command line did not say. After the first error it asks no more.
type questions struct {
	console *console
	lines   *bufio.Reader
	err     error
}

// text is what was given with the flag, or what is answered on the terminal.
func (q *questions) text(flag, question, given string) string {
	if q.err != nil || given != "" {
		return given
	}
	if !isTerminal(q.console.in) {
		q.err = unusable{fmt.Errorf("%s is missing, and nobody can be asked: standard input is no terminal", flag)}
		return ""
	}
	fmt.Fprintf(q.console.err, "%s: ", question)
	return q.line()
}

// password is the first line of the file ("-": of standard input), or what is typed twice, unseen.
func (q *questions) password(file string) string {
	switch {
	case q.err != nil:
		return ""
	case file == "-":
		return q.line()
	case file != "":
		return q.lineOf(file)
	case !isTerminal(q.console.in):
		q.err = unusable{errors.New("--password-file is missing, and nobody can be asked: standard input is no terminal")}
		return ""
	}
	first := q.unseen("Password")
	if again := q.unseen("The same again"); q.err == nil && again != first {
		q.err = unusable{errors.New("the two passwords differ")}
	}
	return first
}

func (q *questions) lineOf(file string) string {
	f, err := os.Open(file)
	if err != nil {
		q.err = unusable{fmt.Errorf("--password-file: %w", err)}
		return ""
	}
	defer f.Close()
	line, err := readLine(bufio.NewReader(io.LimitReader(f, longestLine)))
	if err != nil {
		q.err = unusable{fmt.Errorf("--password-file: %w", err)}
	}
	return line
}

// line reads a line of standard input, until the program is told to stop.
func (q *questions) line() string {
	if q.lines == nil {
		q.lines = bufio.NewReader(q.console.in)
	}
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := readLine(q.lines)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		q.err = a.err
		return a.line
	case <-q.console.ctx.Done():
		q.err = q.console.ctx.Err()
		return ""
	}
}

// unseen asks with the terminal's echo off, and switches it on again whatever happens.
func (q *questions) unseen(question string) string {
	if q.err != nil {
		return ""
	}
	fd := int(q.console.in.Fd())
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		q.err = err
		return ""
	}
	silent := *before
	silent.Lflag &^= unix.ECHO
	if q.err = unix.IoctlSetTermios(fd, setTermios, &silent); q.err != nil {
		return ""
	}
	defer func() {
		if err := unix.IoctlSetTermios(fd, setTermios, before); err != nil && q.err == nil {
			q.err = err
		}
		fmt.Fprintln(q.console.err)
	}()
	fmt.Fprintf(q.console.err, "%s: ", question)
	return q.line()
}

// readLine reads a line without its end; a file may end without one.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil && !(errors.Is(err, io.EOF) && line != "") {
		if errors.Is(err, io.EOF) {
			err = unusable{errors.New("nothing was given")}
		}
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	return err == nil
}
