package telnet

import (
	"bytes"
	"strings"

	"ward/wire/proto"
	"ward/wire/proto/record"
)

// sigma is the first line of the wireless battery module of an infusion pump;
// the lines after it carry address, serial number and software level.
var sigma = []byte("SIGMA Spectrum Diagnostic Terminal")

// products are the starts of greeting lines that name a product; the part up to
// the version is fixed, so no free text comes with it.
var products = []string{
	"BusyBox v", "VxWorks", "Welcome to Microsoft Telnet Server", "Microsoft (R) Windows", "QNX", "Windows CE", "Lantronix", "Digi ", "HP JetDirect", "Polycom", "Cisco", "MOXA", "Nucleus", "uClinux", "Red Hat Linux",
}

const (
	maxProduct = 64
	maxValue   = 32
)

// rules compares one line of the server with what we know.
func (p *parser) rules(emit proto.Emit) {
	if p.sigma.Product != "" {
		p.sigmaField()
	}
	if p.banner || p.sigma.Product != "" {
		return
	}
	if bytes.Contains(p.line, sigma) {
		p.sigma.Product = string(sigma)
		return
	}
	for _, start := range products {
		i := bytes.Index(p.line, []byte(start))
		if i < 0 || i > 3 {
			continue
		}
		p.banner = true
		emit(proto.Resp, Banner{Product: productText(record.Text(p.line[i:], maxProduct), start)})
		return
	}
}

// productText gives the words of the rule and the version behind them, if the
// next word is one.
func productText(line, start string) string {
	words := strings.Fields(line)
	n := len(strings.Fields(start))
	if n < len(words) {
		if v := strings.TrimLeft(words[n], "vVrR"); v != "" && v[0] >= '0' && v[0] <= '9' {
			n++
		}
	}
	return strings.Join(words[:min(n, len(words))], " ")
}

// sigmaField reads one "name: value" line.
func (p *parser) sigmaField() {
	key, value, ok := bytes.Cut(p.line, []byte{':'})
	if !ok {
		key, value, ok = bytes.Cut(p.line, []byte{'='})
	}
	if !ok {
		return
	}
	low := string(bytes.ToLower(key))
	text := record.Text(value, maxValue)
	switch {
	case strings.Contains(low, "mac"):
		p.sigma.MAC = text
	case strings.Contains(low, "serial"):
		p.sigma.Serial = text
	case strings.Contains(low, "software"), strings.Contains(low, "version"):
		p.sigma.Version = text
	}
}

func (p *parser) flush(emit proto.Emit) {
	if p.sigma.Product != "" {
		if len(p.line) > 0 {
			p.sigmaField()
		}
		emit(proto.Resp, p.sigma)
	}
}
