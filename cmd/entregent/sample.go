package main

import (
	"github.com/entregent/entregent/internal/app"
	"github.com/entregent/entregent/internal/config"
)

type sampleCmd struct {
	place
	Organizations int    `default:"100" placeholder:"N" help:"How many organisations."`
	Contacts      int    `default:"1000" placeholder:"N" help:"How many contacts, shared out among them: most have few, one has up to 800."`
	Requests      int    `default:"0" placeholder:"N" help:"How many support requests, shared out likewise: one organisation has up to 2,000."`
	Comments      int    `default:"0" placeholder:"N" help:"How many comments on them, beside the texts that they begin with."`
	Invoices      int    `default:"0" placeholder:"N" help:"How many invoices and credit notes, without their files: one organisation has up to 4,000."`
	Workspace     string `default:"sample" placeholder:"SLUG" help:"Workspace to fill, without organisations yet; made as a school when it does not exist (${default})."`
}

// Help is shown by --help.
func (sampleCmd) Help() string {
	return `The data are the same on every machine: French names, valid SIRETs, telephone numbers of fiction, domains that do not exist. For trials and benchmarks; not for an installation with real data.

Examples:

  entregent sample --organizations 1000 --contacts 10000
  entregent sample --organizations 100000 --contacts 1000000 --workspace bench
  entregent sample --organizations 10000 --contacts 100000 --requests 100000 --comments 1000000 --invoices 200000`
}

// Run fills the workspace and tells its progress on standard error.
func (s sampleCmd) Run(c *console) error {
	return s.open(c, config.Config{}, func(b *app.Base) error {
		return b.Sample(c.ctx, app.Sample{
			Organizations: s.Organizations, Contacts: s.Contacts, Requests: s.Requests, Comments: s.Comments, Invoices: s.Invoices,
			Workspace: s.Workspace, Out: c.err,
		})
	})
}
