package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Seconds is a length of time that is written as a number of seconds, «900» or «0.5».
type Seconds time.Duration

// longest keeps sums of times far from the end of the range.
const longest = 100 * 365 * 24 * time.Hour

// Duration is the same length of time.
func (s Seconds) Duration() time.Duration { return time.Duration(s) }

// UnmarshalText reads a number of seconds, 0 or more.
func (s *Seconds) UnmarshalText(text []byte) error {
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > longest.Seconds() {
		return fmt.Errorf("%q is not a number of seconds", text)
	}
	*s = Seconds(math.Round(f * float64(time.Second)))
	return nil
}

// String is the number of seconds.
func (s Seconds) String() string {
	return strconv.FormatFloat(time.Duration(s).Seconds(), 'f', -1, 64)
}

// Delays is a list of lengths of time in seconds, «5,300,1800»; none is an empty list.
type Delays []time.Duration

// UnmarshalText reads the numbers, with commas or blanks between them.
func (d *Delays) UnmarshalText(text []byte) error {
	*d = nil
	for _, word := range strings.FieldsFunc(string(text), func(r rune) bool { return r == ',' || r == ' ' }) {
		var s Seconds
		if err := s.UnmarshalText([]byte(word)); err != nil {
			return err
		}
		*d = append(*d, s.Duration())
	}
	return nil
}

// Prefixes is a list of networks, «10.0.0.0/8,192.168.1.7»; an address alone is the network of itself.
type Prefixes []netip.Prefix

// UnmarshalText reads the networks, with commas or blanks between them.
func (p *Prefixes) UnmarshalText(text []byte) error {
	*p = nil
	for _, word := range strings.FieldsFunc(string(text), func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := parseNetwork(word)
		if err != nil {
			return err
		}
		*p = append(*p, network)
	}
	return nil
}

func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	network, err := netip.ParsePrefix(s)
	if err != nil {
		return network, fmt.Errorf("%q is not a network such as 10.0.0.0/8", s)
	}
	return network.Masked(), nil
}

// faults gathers what is wrong with a part.
type faults []error

// unless notes that the value of a flag is wrong when ok is false.
func (f *faults) unless(ok bool, flag, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Errorf("--%s: %s", flag, fmt.Sprintf(format, args...)))
	}
}

// positive notes that a length of time must not be 0.
func (f *faults) positive(flag string, s Seconds) {
	f.unless(s > 0, flag, "must be more than 0 seconds")
}

// err is all that was noted, on one line; nil if nothing was.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	lines := make([]string, len(f))
	for i, e := range f {
		lines[i] = e.Error()
	}
	return errors.New(strings.Join(lines, "; "))
}
