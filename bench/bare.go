package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// The ceiling of a request is what it costs when nothing is done but the query (query.go) and the answer (here):
// net/http alone, answering with as many bytes.

// largestBare is the largest answer that is asked for.
const largestBare = 1 << 20

// serveBare answers /N with N bytes, until its standard input ends.
func serveBare() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	content := make([]byte, largestBare)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Println(l.Addr())
	return http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, h *http.Request) {
		n, _ := strconv.Atoi(h.URL.Path[1:])
		n = max(0, min(n, largestBare))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(n))
		w.Write(content[:n]) //nolint:errcheck // the client is gone
	}))
}

// startBare starts this program once more, as the bare server; stop ends it.
func startBare(ctx context.Context) (t *target, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	c := exec.CommandContext(ctx, self, "-bare")
	c.SysProcAttr, c.Stderr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}, os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := c.Start(); err != nil {
		return nil, nil, err
	}
	stop = func() {
		in.Close()
		c.Wait() //nolint:errcheck // it ends by itself
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return nil, nil, err
	}
	return &target{host: strings.TrimSpace(line), server: process(c.Process.Pid)}, stop, nil
}

// bareAnswer is an answer of that many bytes, as an operation.
func bareAnswer(size int64, clients int) operation {
	address := "/" + strconv.FormatInt(min(size, largestBare), 10)
	return operation{name: "bare answer", clients: clients, next: pages(address)}
}
