package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// figures are one operation's samples over the rounds.
type figures struct {
	operation
	samples  []sample
	ceilings []time.Duration // CPU of the bare query and of the bare answer of that size
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

// cpu is the product's own CPU a request.
func (f figures) cpu() time.Duration {
	return time.Duration(f.median(func(s sample) float64 { return float64(s.each(s.cpu)) }))
}

func (f figures) ceiling() time.Duration {
	return time.Duration(median(f.ceilings, func(d time.Duration) float64 { return float64(d) }))
}

func (f figures) database() time.Duration {
	return time.Duration(f.median(func(s sample) float64 { return float64(s.each(s.database)) }))
}

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

// table prints the operations, in columns that Markdown takes too.
func table(w io.Writer, list []figures, postgres bool) error {
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	head := "| | operation\t| clients\t| requests/s\t| p50 ms\t| p99 ms\t| CPU ms\t| wanted\t| of it\t| ceiling\t| KB\t|"
	rule := "|---|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|---\t|"
	if postgres {
		head, rule = head+" PostgreSQL's CPU ms\t|", rule+"---\t|"
	}
	fmt.Fprintln(t, head)
	fmt.Fprintln(t, rule)
	for _, f := range list {
		fmt.Fprintf(t, "| %s | %s\t| %d\t| %.0f\t| %s\t| %s\t| %s\t| %s\t| %s\t| %s\t| %.1f\t|", f.key, f.name, f.clients,
			f.median(sample.rate),
			milliseconds(time.Duration(f.median(func(s sample) float64 { return float64(s.p50) }))),
			milliseconds(time.Duration(f.median(func(s sample) float64 { return float64(s.p99) }))),
			milliseconds(f.cpu()), milliseconds(f.guard), verdict(f.cpu(), f.guard), milliseconds(f.ceiling()),
			f.median(func(s sample) float64 { return float64(s.size) })/1000)
		if postgres {
			fmt.Fprintf(t, " %s\t|", milliseconds(f.database()))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// megabytes of 2^20 bytes.
func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/(1<<20)) }
