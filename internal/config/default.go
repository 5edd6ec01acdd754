package config

import (
	"sync"

	"github.com/alecthomas/kong"
)

// Default is the configuration of somebody who says nothing, whatever the environment says.
func Default() Config { return defaults() }

// defaults are parsed once: that takes a millisecond.
var defaults = sync.OnceValue(func() (c Config) {
	k := kong.Must(&c, WithoutEnvironment())
	if _, err := k.Parse(nil); err != nil {
		panic(err) // the defaults are constants; the tests of this package parse them
	}
	return c
})

// WithoutEnvironment makes a parser read flags and defaults alone.
func WithoutEnvironment() kong.Option {
	return kong.PostBuild(func(k *kong.Kong) error {
		return kong.Visit(k.Model, func(v kong.Visitable, next kong.Next) error {
			if flag, ok := v.(*kong.Flag); ok {
				flag.Envs, flag.Tag.Envs = nil, nil
			}
			return next(nil)
		})
	})
}
