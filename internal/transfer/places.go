package transfer

import (
	"context"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/id"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/siret"
	"github.com/entregent/entregent/internal/sqldb"
)

// place is how a row names an organisation.
type place struct {
	siret    siret.SIRET
	customer string // as typed
	key      string // organization.CustomerKey of it
}

func (p place) isZero() bool { return p.siret.IsZero() && p.key == "" }

// parsePlace reads SIRET and customer number.
func (m *importer) parsePlace(h *head) (p place) {
	s, err := siret.Parse(m.l.cell(h.row, "siret"))
	if refusal, ok := err.(fault.Message); ok {
		h.faults = append(h.faults, newFault(m.l.name("siret"), refusal))
	}
	p.siret, p.customer = s, m.l.cell(h.row, "customer_number")
	p.key = organization.CustomerKey(p.customer)
	return p
}

// column is where the row names the organisation.
func (m *importer) column(p place) string {
	_, has := m.l.at["siret"]
	if has && (!p.siret.IsZero() || p.key == "") {
		return m.l.name("siret")
	}
	return m.l.name("customer_number")
}

// places are the organisations that a batch speaks of, and those that earlier rows of a dry run would have made.
type places struct {
	*importer
	known   organization.Known
	planned organization.Known // by a dry run
	waiting []organization.Organization
}

func newPlaces(m *importer) *places { return &places{importer: m, planned: noPlaces()} }

func noPlaces() organization.Known {
	return organization.Known{BySIRET: make(map[siret.SIRET]organization.Organization), ByCustomer: make(map[string]organization.Organization)}
}

// look reads the organisations that the rows name.
func (p *places) look(ctx context.Context, tx *sqldb.Tx, named []place) error {
	var sirets []siret.SIRET
	var keys []string
	seenS, seenK := make(map[siret.SIRET]bool), make(map[string]bool)
	for _, x := range named {
		if !x.siret.IsZero() && !seenS[x.siret] {
			seenS[x.siret] = true
			sirets = append(sirets, x.siret)
		}
		if x.key != "" && !seenK[x.key] {
			seenK[x.key] = true
			keys = append(keys, x.key)
		}
	}
	p.waiting = nil
	var err error
	p.known, err = organization.Identified(ctx, tx, p.by, sirets, keys)
	return err
}

// find gives the organisation that a row names; false if there is none. A SIRET and a customer number that belong to
// different organisations, or that this one does not bear, are a fault.
func (p *places) find(x place) (organization.Organization, bool, *Fault) {
	bySIRET, okS := p.get(p.known.BySIRET[x.siret], p.planned.BySIRET[x.siret], !x.siret.IsZero())
	byKey, okK := p.get(p.known.ByCustomer[x.key], p.planned.ByCustomer[x.key], x.key != "")
	switch {
	case okS && okK && bySIRET.Label() != byKey.Label(), okS && x.key != "" && !okK && bySIRET.CustomerNumber != "":
		f := newFault(p.l.name("customer_number"), fault.M("transfer.customer_number_differs", "Name", bySIRET.Name))
		return bySIRET, false, &f
	case okS:
		return bySIRET, true, nil
	case okK && !x.siret.IsZero():
		f := newFault(p.l.name("siret"), fault.M("transfer.siret_differs", "Name", byKey.Name))
		return byKey, false, &f
	}
	return byKey, okK, nil
}

func (p *places) get(known, planned organization.Organization, asked bool) (organization.Organization, bool) {
	switch {
	case !asked:
		return organization.Organization{}, false
	case known.Label() != "":
		return known, true
	}
	return planned, planned.Label() != ""
}

// faults judges a new organisation before anything is done.
func (p *places) faults(in organization.Input) []Fault {
	_, err := in.Parse(p.host.Country)
	return p.faultsOf(err)
}

// faultsOf gives a refusal's fields as the file calls them.
func (m *importer) faultsOf(err error) (list []Fault) {
	f := fault.As(err)
	if f == nil {
		return nil
	}
	for _, x := range f.Fields {
		list = append(list, newFault(m.l.name(x.Name), x.Message))
	}
	if len(list) == 0 {
		list = append(list, newFault(m.key(), f.Message))
	}
	return list
}

// plan makes the organisation, at the end of the batch; or does as if.
func (p *places) plan(ctx context.Context, tx *sqldb.Tx, in organization.Input) (o organization.Organization, err error) {
	if p.single && !p.dry {
		o, err = organization.Create(ctx, tx, p.by, in)
	} else if o, err = in.Parse(p.host.Country); err == nil {
		o.ID = id.NewOrganization()
		p.waiting = append(p.waiting, o)
	}
	if err != nil {
		return o, err
	}
	if p.dry {
		p.note(p.planned, o)
	} else {
		p.note(p.known, o)
	}
	return o, nil
}

func (p *places) add(ctx context.Context, tx *sqldb.Tx) error {
	if p.dry || len(p.waiting) == 0 {
		return nil
	}
	return organization.AddAll(ctx, tx, p.by, p.waiting)
}

func (p *places) note(k organization.Known, o organization.Organization) {
	if !o.SIRET.IsZero() {
		k.BySIRET[o.SIRET] = o
	}
	if o.CustomerNumber != "" {
		k.ByCustomer[organization.CustomerKey(o.CustomerNumber)] = o
	}
}
