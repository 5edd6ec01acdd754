package transfer

import (
	"context"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
	"github.com/entregent/entregent/internal/organization"
	"github.com/entregent/entregent/internal/sqldb"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

// bodies is the intake of organisations.
type bodies struct {
	*importer
	places *places
}

// body is a row about an organisation.
type body struct {
	head
	bodies *bodies
	in     organization.Input
	o      organization.Organization // what the row says, parsed
	place  place
}

func (b *bodies) parse(row sheet.Row) item {
	x := &body{head: head{row: row}, bodies: b}
	cell := func(field string) string { return b.l.cell(row, field) }
	x.place = b.parsePlace(&x.head)
	x.in = organization.Input{
		Name: cell("name"), SIRET: x.place.siret.Plain(), CustomerNumber: x.place.customer, Address: cell("address"),
		Postcode: cell("postcode"), City: cell("city"), Phone: cell("phone"), Website: cell("website"),
	}
	if !x.place.siret.IsZero() {
		x.in.Postcode = french(x.in.Postcode)
	}
	o, err := x.in.Parse(b.host.Country)
	x.o = o
	x.faults = append(x.faults, b.faultsOf(err)...)
	if x.place.isZero() && len(x.faults) == 0 {
		x.faults = append(x.faults, newFault(b.column(x.place), fault.M("transfer.unidentified")))
	}
	if !x.place.siret.IsZero() {
		x.about = append(x.about, newIdentity("siret", x.place.siret.Plain()))
	}
	if x.place.key != "" {
		x.about = append(x.about, newIdentity("customer", x.place.key))
	}
	x.values = newIdentity("values", x.place.siret.Plain(), x.place.key, o.Name, o.Address, o.Postcode, o.City, o.Phone.String(), o.Website)
	return x
}

// french gives a postcode back the zero that a spreadsheet took: whoever has a SIRET is in France, where they have five
// digits.
func french(postcode string) string {
	if len(postcode) == 4 && strings.Trim(postcode, "0123456789") == "" {
		return "0" + postcode
	}
	return postcode
}

func (b *bodies) look(ctx context.Context, tx *sqldb.Tx, items []item) error {
	named := make([]place, len(items))
	for i, it := range items {
		named[i] = it.(*body).place
	}
	return b.places.look(ctx, tx, named)
}

func (b *bodies) add(ctx context.Context, tx *sqldb.Tx) error { return b.places.add(ctx, tx) }

func (x *body) take(ctx context.Context, tx *sqldb.Tx) (outcome, []Fault, error) {
	b := x.bodies
	there, known, wrong := b.places.find(x.place)
	switch {
	case wrong != nil:
		return 0, []Fault{*wrong}, nil
	case known:
		return x.update(ctx, tx, there)
	}
	if _, err := b.places.plan(ctx, tx, x.in); err != nil {
		return 0, nil, err
	}
	return added, nil, nil
}

// update changes address, phone and website where the row says so and the import was told to.
func (x *body) update(ctx context.Context, tx *sqldb.Tx, there organization.Organization) (outcome, []Fault, error) {
	l := x.bodies.l
	in := organization.Input{
		Name: there.Name, CustomerNumber: there.CustomerNumber, Address: there.Address, Postcode: there.Postcode, City: there.City,
		Phone: there.Phone.String(), Website: there.Website, Version: there.Version,
	}
	var kept, open []string
	if name.Fold(x.o.Name) != name.Fold(there.Name) {
		kept = append(kept, l.name("name"))
	}
	if x.place.key != "" && x.place.key != organization.CustomerKey(there.CustomerNumber) {
		kept = append(kept, l.name("customer_number"))
	}
	differs := func(field string, now *string, said string) {
		if said != "" && said != *now {
			*now = said
			open = append(open, l.name(field))
		}
	}
	differs("address", &in.Address, x.o.Address)
	if strings.TrimLeft(x.o.Postcode, "0") != strings.TrimLeft(there.Postcode, "0") {
		differs("postcode", &in.Postcode, x.o.Postcode)
	}
	differs("city", &in.City, x.o.City)
	differs("phone", &in.Phone, x.o.Phone.String())
	differs("website", &in.Website, x.o.Website)
	if f := exists(x.bodies.o, kept, open); f != nil {
		return 0, []Fault{*f}, nil
	}
	if len(open) == 0 {
		return unchanged, nil, nil
	}
	if x.bodies.dry {
		return changed, nil, nil
	}
	_, err := organization.Edit(ctx, tx, x.bodies.by, there.ID, in)
	return changed, nil, err
}
