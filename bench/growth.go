package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
)

// grown is what was measured of a base of that many contacts.
type grown struct {
	contacts int
	list     []figures
	idle     int64
	database int64 // bytes of it
}

// growth measures bases of several sizes, one after the other, and says how each operation's cost grows. A kept directory keeps one
// base a size.
func growth(ctx context.Context, o options, out io.Writer) error {
	var all []grown
	for _, text := range strings.Split(o.growth, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("-growth: %w", err)
		}
		size := o
		size.contacts, size.organizations, size.rows, size.peer = n, max(10, n/10), 0, false
		if size.only == "" {
			size.only = "^(a|b|c1|c2|c3|d|e) "
		}
		if o.keep != "" {
			size.keep = filepath.Join(o.keep, text)
		}
		note("%d contacts", n)
		g := grown{contacts: n}
		err = measure(ctx, size, out, func(r *run) error {
			g.list, g.idle = r.list, r.idle
			g.database, err = r.queries.size(ctx)
			return err
		})
		if err != nil {
			return err
		}
		all = append(all, g)
	}
	return printGrowth(out, all)
}

// printGrowth prints an operation a line, a size a column: CPU of the server and of PostgreSQL together, in milliseconds.
func printGrowth(out io.Writer, all []grown) error {
	t := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	line := func(first string, cell func(g grown) string) {
		fmt.Fprint(t, "| "+first)
		for _, g := range all {
			fmt.Fprint(t, "\t| "+cell(g))
		}
		fmt.Fprintln(t, "\t|")
	}
	fmt.Fprintln(t, "\nCPU ms by contacts")
	line("", func(g grown) string { return strconv.Itoa(g.contacts) })
	line("---", func(grown) string { return "---" })
	for i, f := range all[0].list {
		line(fmt.Sprintf("%s, %s, %d clients", f.key, f.name, f.clients), func(g grown) string {
			return milliseconds(g.list[i].cpu() + g.list[i].database())
		})
	}
	line("memory idle (RssAnon)", func(g grown) string { return megabytes(g.idle) })
	line("database on disk", func(g grown) string { return megabytes(g.database) })
	return t.Flush()
}
