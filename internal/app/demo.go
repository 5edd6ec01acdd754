package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/entregent/entregent/internal/login"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/workspace"
)

// signIns is the file, in the data directory and for its owner alone, that keeps the demo's passwords readable. While
// the demo is made it has the other name: a demo whose making was interrupted is known by it.
const (
	signIns    = "demo-sign-ins.txt"
	unfinished = "demo-unfinished.txt"
)

// demo makes the two workspaces to try on an empty installation and tells how to come in. Where there are data
// already it changes nothing.
func (b *Base) demo(ctx context.Context, out io.Writer, address string) error {
	file := filepath.Join(b.config.Store.Data, signIns)
	var empty bool
	err := b.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		empty, err = workspace.IsEmpty(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	part := filepath.Join(b.config.Store.Data, unfinished)
	if !empty {
		return b.demoIsThere(out, file, part)
	}
	passwords := newDemoPasswords()
	text := passwords.text(address)
	if err := writeOwn(part, text); err != nil {
		return fmt.Errorf("%w: %w", ErrConfiguration, err)
	}
	fmt.Fprintln(out, "Making the demo, which takes some seconds …")
	if err := b.chronicle(ctx, passwords); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	_, err = fmt.Fprintf(out, "\n%s\nThese sign-ins are kept in %s\n\n", text, file)
	return err
}

// isDemo reports whether the demo is wanted and holds nobody's real data: it is still to be made, or was made here and no
// workspace was added. Only then may letters be read.
func (b *Base) isDemo(ctx context.Context, wanted bool) (bool, error) {
	if !wanted {
		return false, nil
	}
	var empty, alone bool
	err := b.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		hosts, err := workspace.List(ctx, tx)
		empty, alone = len(hosts) == 0, onlyDemo(hosts)
		return err
	})
	if err != nil || empty || !alone {
		return empty, err
	}
	whole, err := exists(filepath.Join(b.config.Store.Data, signIns))
	if err != nil || whole {
		return whole, err
	}
	return exists(filepath.Join(b.config.Store.Data, unfinished))
}

// demoAlone reports whether no workspace was added to the demo's, also since the program started.
func demoAlone(ctx context.Context, tx *sqldb.Tx) (bool, error) {
	hosts, err := workspace.List(ctx, tx)
	return err == nil && onlyDemo(hosts), err
}

func onlyDemo(hosts []workspace.Workspace) bool {
	return !slices.ContainsFunc(hosts, func(w workspace.Workspace) bool {
		return !slices.ContainsFunc(demoHosts, func(h demoHost) bool { return h.slug == w.Slug })
	})
}

// demoIsThere tells of an installation that is not empty whether the demo is in it, whole or in part.
func (b *Base) demoIsThere(out io.Writer, whole, part string) error {
	there, err := exists(whole)
	if err != nil {
		return err
	}
	if there {
		return say(out, "The demo is there already; its sign-ins are in %s\n", whole)
	}
	if there, err = exists(part); err != nil {
		return err
	}
	if !there {
		return say(out, "The installation has data of its own; no demo was added.\n")
	}
	remove := b.config.Store.SQLite()
	if b.config.Store.Database != "" {
		remove = "the tables of the database"
	}
	return say(out, "The demo is not whole: its making was interrupted. What is there can be used; the sign-ins are in %s\n"+
		"To have it made anew, stop the program, remove %s and %s, and start it again.\n", part, remove, part)
}

func exists(file string) (bool, error) {
	_, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func say(out io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(out, format, args...)
	return err
}

// demoPasswords are those of the people as whom the demo can be tried, by address.
type demoPasswords map[string]string

func newDemoPasswords() demoPasswords {
	p := demoPasswords{}
	add := func(address string) {
		if p[address] == "" {
			p[address] = demoPassword()
		}
	}
	for _, h := range demoHosts {
		for _, m := range h.team {
			add(m.email)
		}
		for _, v := range h.visitors {
			if v.word != "invited" {
				add(v.email)
			}
		}
	}
	return p
}

// demoPassword is 80 random bits that can be copied by hand.
func demoPassword() string {
	s := strings.ToLower(rand.Text())[:16]
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// text is what the owner reads, on the console and in the file.
func (p demoPasswords) text(address string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "Sign in at %s/sign-in\n", address)
	w := tabwriter.NewWriter(&s, 0, 0, 2, ' ', 0)
	for _, h := range demoHosts {
		fmt.Fprintf(w, "\n%s: the back office, %s/%s/office\n", h.name, address, h.slug)
		for _, m := range h.team {
			fmt.Fprintf(w, "  %s\t%s\t%s\n", m.role, m.email, p[m.email])
		}
		fmt.Fprintf(w, "%s: the portal, %s/%s/portal\n", h.name, address, h.slug)
		for _, v := range h.visitors {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", v.word, v.email, cmp.Or(p[v.email], "–"), v.note)
		}
	}
	w.Flush()
	return trimmed(s.String())
}

// trimmed has no blanks at the ends of its lines.
func trimmed(text string) string {
	var s strings.Builder
	for line := range strings.Lines(text) {
		s.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return s.String()
}

// hashes are the passwords ready to be stored, and under "" that of those whose password nobody knows.
func (p demoPasswords) hashes(ctx context.Context, desk *login.Desk) (map[string]login.Hash, error) {
	hashes := make(map[string]login.Hash, len(p)+1)
	unknown, err := desk.Hash(ctx, demoPassword())
	if err != nil {
		return nil, err
	}
	hashes[""] = unknown
	for address, password := range p {
		if hashes[address], err = desk.Hash(ctx, password); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// writeOwn writes a file for its owner alone, whole or not at all.
func writeOwn(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".demo-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
