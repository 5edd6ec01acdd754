package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// process is a running program with those that it started, as /proc tells of them. Linux alone has it.
type process int

// tick is the unit of times in /proc/PID/stat: 1/100 s on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpu is what the process and its descendants, also those that ended, have used: user and system.
func (p process) cpu() (time.Duration, error) {
	var ticks int64
	for _, pid := range p.tree() {
		fields, err := stat(pid)
		if err != nil {
			if pid == p {
				return 0, err
			}
			continue // it ended; its parent counts it from now on
		}
		for _, text := range fields[11:15] { // utime, stime, cutime, cstime
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return 0, fmt.Errorf("/proc/%d/stat: %w", pid, err)
			}
			ticks += n
		}
	}
	return time.Duration(ticks) * tick, nil
}

// memory is the anonymous memory in use, in bytes: what the machine must have, files that are mapped apart.
func (p process) memory() (int64, error) { return p.status("RssAnon:") }

// watch notes the most memory that the process has; what it returns ends that.
func (p process) watch(most *int64) func() {
	done := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				if n, err := p.memory(); err == nil {
					*most = max(*most, n)
				}
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		wait.Wait()
	}
}

// peak is the most memory that was resident at once, in bytes, the program's own file included.
func (p process) peak() (int64, error) { return p.status("VmHWM:") }

func (p process) status(key string) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p))
	if err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 3 && words[0] == key {
			n, err := strconv.ParseInt(words[1], 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("/proc has no " + key)
}

// tree is the process and its descendants.
func (p process) tree() []process {
	children := map[process][]process{}
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		n, err := strconv.Atoi(filepath.Base(name))
		if err != nil {
			continue
		}
		if parent, err := process(n).parent(); err == nil {
			children[parent] = append(children[parent], process(n))
		}
	}
	list := []process{p}
	for i := 0; i < len(list); i++ {
		list = append(list, children[list[i]]...)
	}
	return list
}

func (p process) parent() (process, error) {
	fields, err := stat(p)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(fields[1])
	return process(n), err
}

// stat are the fields of /proc/PID/stat behind the program's name, the state first.
func stat(p process) ([]string, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 15 {
		return nil, fmt.Errorf("/proc/%d/stat is cut short", p)
	}
	return fields, nil
}

// machine is what all processors together have worked since it started.
func machine() (time.Duration, error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	var ticks int64
	for i, text := range strings.Fields(line)[1:] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		if i < 8 && i != 3 && i != 4 { // neither idle nor waiting for the disk; guests are counted as users already
			ticks += n
		}
	}
	return time.Duration(ticks) * tick, nil
}
