package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
)

// host is what a new workspace and its first admin are made of. What is missing is asked for.
type host struct {
	Name         string `placeholder:"NAME" help:"What the host is called."`
	Kind         kind   `placeholder:"school|vendor" help:"What the host is: it sets the words and the defaults."`
	Language     string `enum:"fr,en" default:"fr" help:"Language of the workspace and of its admin: ${enum}."`
	AdminEmail   string `placeholder:"ADDRESS" help:"E-mail address by which the admin signs in."`
	AdminName    string `placeholder:"NAME" help:"Name of the admin."`
	PasswordFile string `placeholder:"FILE" help:"File whose first line is the admin's password; - is standard input. Without it the password is asked for."`
}

// kind is school, vendor, or not said.
type kind string

// UnmarshalText is what kong calls.
func (k *kind) UnmarshalText(b []byte) error {
	if *k = kind(b); *k != "" && *k != "school" && *k != "vendor" {
		return errors.New("must be school or vendor")
	}
	return nil
}

// ask completes what was said on the command line. It fails when something is missing and nobody can be asked.
func (h host) ask(c *console, slug string) (app.NewWorkspace, error) {
	q := questions{console: c}
	in := app.NewWorkspace{
		Slug:       q.text("--workspace", "Short name of the workspace, for its addresses", slug),
		Name:       q.text("--name", "Name of the host", h.Name),
		Kind:       q.text("--kind", "Kind of host (school or vendor)", string(h.Kind)),
		Language:   h.Language,
		AdminEmail: q.text("--admin-email", "E-mail address of the admin", h.AdminEmail),
		AdminName:  q.text("--admin-name", "Name of the admin", h.AdminName),
	}
	in.Password = q.password(h.PasswordFile)
	return in, q.err
}

type setupCmd struct {
	place
	Passwords config.Passwords `embed:"" group:"Passwords:"`
	Workspace string           `placeholder:"SLUG" help:"Short name of the workspace, for its addresses: 3 to 40 of a-z, 0-9 and hyphens."`
	host
}

// Help is shown by --help.
func (setupCmd) Help() string {
	return `Refused when the installation has a workspace already (see «workspace add»). A password is never taken from the command line, where others could read it.

Examples:

  entregent setup
  entregent setup --workspace brenval --name "École Brenval" --kind school --admin-email a.martin@brenval.example --admin-name "Anne Martin" --password-file /run/secrets/admin`
}

// Run makes the workspace.
func (s setupCmd) Run(c *console) error {
	in, err := s.ask(c, s.Workspace)
	if err != nil {
		return err
	}
	return s.open(c, config.Config{Passwords: s.Passwords}, func(b *app.Base) error {
		if err := b.Setup(c.ctx, in); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.out, "Workspace %s is ready; sign in as %s.\n", in.Slug, in.AdminEmail)
		return err
	})
}

type workspaceCmd struct {
	Add  addCmd  `cmd:"" help:"Add a workspace."`
	List listCmd `cmd:"" help:"List the workspaces."`
}

type addCmd struct {
	place
	Passwords config.Passwords `embed:"" group:"Passwords:"`
	Slug      string           `arg:"" help:"Short name of the workspace, for its addresses: 3 to 40 of a-z, 0-9 and hyphens."`
	host
}

// Help is shown by --help.
func (addCmd) Help() string {
	return `The admin may be somebody who signs in to this installation already: then no name and no password are asked for, and their own stay.

Examples:

  entregent workspace add orvane --name "Orvane Santé" --kind vendor --admin-email a.martin@brenval.example
  entregent workspace add orvane --name "Orvane Santé" --kind vendor --admin-email p.roy@orvane.example --admin-name "Paul Roy" --password-file -`
}

// Run adds the workspace.
func (a addCmd) Run(c *console) error {
	return a.open(c, config.Config{Passwords: a.Passwords}, func(b *app.Base) error {
		in, err := a.complete(c, b)
		if err != nil {
			return err
		}
		if err := b.AddWorkspace(c.ctx, in); err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "Workspace %s is ready; sign in as %s.\n", in.Slug, in.AdminEmail)
		return err
	})
}

// complete asks for what is missing: of an admin whom the installation knows, the address alone.
func (a addCmd) complete(c *console, b *app.Base) (app.NewWorkspace, error) {
	if a.AdminEmail == "" {
		return a.ask(c, a.Slug)
	}
	known, err := b.KnowsLogin(c.ctx, a.AdminEmail)
	if err != nil {
		return app.NewWorkspace{}, err
	}
	if !known {
		return a.ask(c, a.Slug)
	}
	return app.NewWorkspace{Slug: a.Slug, Name: a.Name, Kind: string(a.Kind), Language: a.Language, AdminEmail: a.AdminEmail}, nil
}

type listCmd struct{ place }

// Help is shown by --help.
func (listCmd) Help() string {
	return "Example:\n\n  entregent workspace list"
}

// Run prints a line a workspace: slug, kind, name.
func (l listCmd) Run(c *console) error {
	return l.open(c, config.Config{}, func(b *app.Base) error {
		list, err := b.Workspaces(c.ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		for _, x := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\n", x.Slug, x.Kind, x.Name)
		}
		return w.Flush()
	})
}
