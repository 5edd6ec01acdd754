package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figures are one operation's samples over the rounds.
type figures struct {
	operation
	samples  []sample
	ceilings []time.Duration // CPU of the bare query and of the bare answer of that size
	beside   []*contrast     // the peer's ways to do the same
}

func (f figures) median(of func(sample) float64) float64 { return median(f.samples, of) }

func median[T any](samples []T, of func(T) float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// times is how many times as much the first have as the second of the same round: the median over the rounds.
func times(ours, its []sample, of func(sample) float64) float64 {
	n := min(len(ours), len(its))
	rounds := make([]float64, 0, n)
	for i := range n {
		if its := of(its[i]); its > 0 {
			rounds = append(rounds, of(ours[i])/its)
		}
	}
	return median(rounds, func(f float64) float64 { return f })
}

// What is read from a sample.
func (s sample) fast() float64    { return float64(s.p50) }
func (s sample) slow() float64    { return float64(s.p99) }
func (s sample) work() float64    { return float64(s.each(s.cpu)) }
func (s sample) holds() float64   { return float64(s.memory) }
func (s sample) weighs() float64  { return float64(s.size) }
func (s sample) queries() float64 { return float64(s.each(s.database)) }

// cpu is the product's own CPU a request.
func (f figures) cpu() time.Duration { return time.Duration(f.median(sample.work)) }

func (f figures) ceiling() time.Duration {
	return time.Duration(median(f.ceilings, func(d time.Duration) float64 { return float64(d) }))
}

// database is PostgreSQL's CPU a request.
func (f figures) database() time.Duration { return time.Duration(f.median(sample.queries)) }

// milliseconds are written with as many places as the measure is worth.
func milliseconds(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	switch {
	case d == 0:
		return "–"
	case ms < 10:
		return fmt.Sprintf("%.2f", ms)
	}
	return fmt.Sprintf("%.1f", ms)
}

// verdict says how far a figure is from what is wanted of it.
func verdict(is, guard time.Duration) string {
	if guard == 0 || is == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f×", float64(is)/float64(guard))
}

// share is what part of the cost the bare query and the bare answer are.
func (f figures) share() string {
	if cost := f.cpu() + f.database(); cost > 0 && f.ceiling() > 0 {
		return fmt.Sprintf("%.0f %%", 100*float64(f.ceiling())/float64(cost))
	}
	return "–"
}

// performance are the columns that the product and its peer share.
func performance(list []sample) []string {
	return []string{
		fmt.Sprintf("%.0f", median(list, sample.rate)), milliseconds(time.Duration(median(list, sample.fast))), milliseconds(time.Duration(median(list, sample.slow))),
		milliseconds(time.Duration(median(list, sample.work))), fmt.Sprintf("%.0f", median(list, sample.holds)/(1<<20)),
	}
}

// table prints the operations, in columns that Markdown takes too: the product's figures, and the peer's beside them.
func table(w io.Writer, list []figures, postgres, peer bool) error {
	head := []string{"", "operation", "clients", "requests/s", "p50 ms", "p99 ms", "CPU ms", "MB", "wanted CPU", "of it", "ceiling", "its share", "KB"}
	if postgres {
		head = append(head, "PostgreSQL's CPU ms")
	}
	if peer {
		head = append(head, "PocketBase: requests/s", "p50 ms", "p99 ms", "CPU ms", "MB", "times its requests/s", "wanted", "p99 of its", "wanted", "its CPU, times ours")
	}
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	line := func(cells []string) { fmt.Fprintln(t, "| "+strings.Join(cells, "\t| ")+"\t|") }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, f := range list {
		cells := append([]string{f.key, f.name, fmt.Sprint(f.clients)}, performance(f.samples)...)
		cells = append(cells, milliseconds(f.guard), verdict(f.cpu(), f.guard), milliseconds(f.ceiling()), f.share(), fmt.Sprintf("%.1f", f.median(sample.weighs)/1000))
		if postgres {
			cells = append(cells, milliseconds(f.database()))
		}
		own := len(cells)
		for i, c := range f.beside {
			if i > 0 {
				line(cells)
				cells = slices.Repeat([]string{""}, own)
			}
			if c.asked != "" && i > 0 {
				cells[1] = "– PocketBase " + c.asked
			}
			cells = append(cells, c.columns(f)...)
		}
		line(append(cells, slices.Repeat([]string{""}, len(head)-len(cells))...))
	}
	return t.Flush()
}

// megabytes of 2^20 bytes.
func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/(1<<20)) }
