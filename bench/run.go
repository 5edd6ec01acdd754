package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"time"
)

// run is one measurement of the product, from filling the base to the printed table.
type run struct {
	options
	product *product
	out     io.Writer

	target    *target
	nothing   *target // net/http that answers with bytes and does nothing
	queries   *bare
	places    *places
	dealings  *dealings // nil = the base has none
	rival     *peer     // nil = nobody is measured beside
	list      []figures
	filling   spent
	idle      int64 // memory, before and …
	rested    int64 // … after the load
	most      int64
	others    float64 // share of the processors that others used meanwhile
	transfers []transferred
	mail      *sink
	beside    beside
	aside     aside
	listeners []listener
	wanted    *regexp.Regexp
	stops     []func()
}

func (r *run) end() {
	for _, stop := range r.stops {
		stop()
	}
}

// prepare fills the base, starts the servers, signs in and looks around.
func (r *run) prepare(ctx context.Context) (err error) {
	if !r.filled(r.product) {
		note("filling %d organisations, %d contacts, %d requests with %d comments, %d invoices", r.organizations, r.contacts, r.requests, r.comments, r.invoices)
		if r.filling, err = r.product.fill(ctx, r.options); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.product.dir, "filled"+r.product.suffix()), nil, 0o600); err != nil {
			return err
		}
	}
	if r.keep != "" {
		if err := r.product.renew(ctx, r.top); err != nil {
			return err
		}
		if r.product.dsn == "" {
			note("copying the base")
			if err := copyOf(r.product.data(), filepath.Join(r.product.dir, "work")); err != nil {
				return err
			}
			r.product.copied = true
		}
	}
	if r.queries, err = openBare(ctx, r.product); err != nil {
		return err
	}
	r.stops = append(r.stops, r.queries.close)
	nothing, stop, err := startBare(ctx)
	if err != nil {
		return err
	}
	r.nothing, r.stops = nothing, append(r.stops, stop)
	if r.mail, err = openSink(); err != nil {
		return err
	}
	r.stops = append(r.stops, r.mail.close)
	if r.options.peer {
		if r.rival, err = openPeer(ctx, r.options, r.product); err != nil {
			return err
		}
		r.stops = append(r.stops, r.rival.close)
	}
	host, server, err := r.product.serve(ctx, r.metrics, r.mail.url())
	if err != nil {
		return err
	}
	r.target = &target{host: host, server: server, database: r.queries.database}
	note("waiting until the server rests")
	if err := r.target.settle(); err != nil {
		return err
	}
	return r.enter(ctx)
}

// enter signs in, as staff do, and finds out where to go.
func (r *run) enter(ctx context.Context) error {
	v, err := visit(r.target.host)
	if err != nil {
		return err
	}
	defer v.close()
	if err := v.signIn(email, password); err != nil {
		return err
	}
	r.target.cookies = v.cookies()
	if _, err := v.page(office("/organizations")); err != nil {
		return err
	}
	if r.idle, err = r.target.server.memory(); err != nil {
		return err
	}
	if r.places, err = look(v, r.organizations, r.contacts); err != nil {
		return err
	}
	if r.places.sirets, err = r.queries.sirets(ctx); err != nil {
		return err
	}
	if r.places.rare, r.places.common, err = r.queries.within(ctx); err != nil {
		return err
	}
	if r.wanted, err = regexp.Compile(r.only); err != nil {
		return err
	}
	if r.requests > 0 {
		if err := r.deal(ctx, v); err != nil {
			return err
		}
	}
	if r.rival != nil {
		r.rival.learn(r.places)
	}
	list, err := operations(v, r.places)
	if err != nil {
		return err
	}
	asked, err := programs(v, r.places)
	list = append(append(list, asked...), r.dealings.operations()...)
	for _, op := range list {
		if r.wanted.MatchString(op.key + " " + op.name) {
			f := figures{operation: op}
			if r.rival != nil {
				f.beside = r.rival.beside(op)
			}
			r.list = append(r.list, f)
		}
	}
	return err
}

// rounds measures everything in turn, several times; a first short one only warms up.
func (r *run) rounds(ctx context.Context) error {
	defer r.watch(&r.most)()
	for i := range r.list {
		if _, err := r.target.run(r.list[i].operation, r.lasts/8); err != nil {
			return err
		}
	}
	for n := range r.options.rounds {
		note("round %d of %d", n+1, r.options.rounds)
		for i := range r.list {
			if err := ctx.Err(); err != nil {
				return err
			}
			f := &r.list[i]
			s, err := r.profiled(ctx, f.operation)
			if err != nil {
				return err
			}
			f.samples = append(f.samples, s)
			for _, c := range f.beside {
				if err := r.rival.measure(c, f.operation, r.lasts); err != nil {
					return err
				}
			}
			if f.bare == "" {
				continue
			}
			if err := r.compare(ctx, f, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// among does something and notes what others did meanwhile.
func (r *run) among(do func() error) error {
	began := time.Now()
	before, err := r.foreign()
	if err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	after, err := r.foreign()
	r.others = float64(after-before) / float64(time.Since(began)) / float64(runtime.NumCPU())
	return err
}

// foreign is what others than this measurement have worked on this machine.
func (r *run) foreign() (time.Duration, error) {
	all, err := machine()
	if err != nil {
		return 0, err
	}
	for _, p := range []process{process(os.Getpid()), r.queries.database} { // the servers are our children
		if p == 0 {
			continue
		}
		own, err := p.cpu()
		if err != nil {
			return 0, err
		}
		all -= own
	}
	return all, nil
}

// compare measures the operation's ceiling right after it.
func (r *run) compare(ctx context.Context, f *figures, s sample) error {
	query, err := r.query(ctx, f.bare)
	if err != nil {
		return err
	}
	answer, err := r.nothing.run(bareAnswer(s.size, f.clients), r.lasts/4)
	if err != nil {
		return err
	}
	f.ceilings = append(f.ceilings, query+answer.each(answer.cpu))
	return nil
}

// query measures a bare query or, durable, a bare create.
func (r *run) query(ctx context.Context, name string) (time.Duration, error) {
	if name != "create" && name != "save" {
		return r.queries.measure(ctx, r.queries.reads(r.places)[name], r.lasts/4)
	}
	w, err := r.queries.writer(ctx)
	if err != nil {
		return 0, err
	}
	defer w.close()
	return r.queries.cost(r.lasts/4, func(n int) error {
		if name == "save" {
			return w.save(ctx, r.places.people[n%len(r.places.people)])
		}
		return w.add(ctx, r.places, 1)
	})
}

// watch notes the most memory that the server has while it works; what it returns ends that.
func (r *run) watch(most *int64) func() { return r.target.server.watch(most) }

// report measures memory at rest and, without the server, files, and prints everything.
func (r *run) report(ctx context.Context) (err error) {
	if err := r.target.settle(); err != nil {
		return err
	}
	if r.rested, err = r.target.server.memory(); err != nil {
		return err
	}
	if r.rows > 0 {
		note("files")
		if err := r.product.stop(); err != nil {
			return err
		}
		if r.transfers, err = files(ctx, r.product, r.queries, r.places, r.rows); err != nil {
			return err
		}
	}
	return r.print(ctx)
}

func (r *run) print(ctx context.Context) error {
	engine := "SQLite"
	if r.database != "" {
		said, err := r.queries.promises(ctx)
		if err != nil {
			return err
		}
		engine = "PostgreSQL (" + said + ")"
	}
	fmt.Fprintf(r.out, "\n%s, %s, %d organisations, %d contacts, %d requests with %d comments, %d invoices, %d rounds of %s, %d processors of which others used %.0f %%\n\n",
		time.Now().UTC().Format(time.DateOnly), engine, r.organizations, r.contacts, r.requests, r.comments, r.invoices, r.options.rounds, r.lasts, runtime.NumCPU(), 100*r.others)
	if err := table(r.out, r.list, r.queries.database != 0, r.rival != nil); err != nil {
		return err
	}
	fmt.Fprintln(r.out)
	if r.filling.took > 0 {
		fmt.Fprintf(r.out, "sample: %d contacts in %.1f s, %s at most\n", r.contacts, r.filling.took.Seconds(), megabytes(r.filling.peak))
	}
	for _, t := range r.transfers {
		t.print(r.out)
	}
	r.beside.print(r.out)
	r.aside.print(r.out)
	_, err := fmt.Fprintf(r.out, "memory (RssAnon): %s after the start, %s at most under load, %s at rest after it; wanted 40 and 150 MB\n",
		megabytes(r.idle), megabytes(r.most), megabytes(r.rested))
	return err
}
