package demo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// certificates are made anew at every start, by an issuer whose key is forgotten at once. Nobody but the probes, which are
// given its certificate, trusts it.
type certificates struct {
	issuer  []byte // PEM
	good    *tls.Certificate
	expired *tls.Certificate
}

// newCertificates makes one certificate that holds for a quarter and one that ended a day ago, both for host and this
// machine's usual names.
func newCertificates(host string, now time.Time) (*certificates, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making an issuer's key: %w", err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "statusd demonstration"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making an issuer: %w", err)
	}
	c := &certificates{issuer: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
	leaf := func(serial int64, from, to time.Time) (*tls.Certificate, error) {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("making a key: %w", err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "stand-in product"}, NotBefore: from, NotAfter: to,
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		}
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else if host != "" {
			template.DNSNames = append(template.DNSNames, host)
		}
		der, err := x509.CreateCertificate(rand.Reader, template, root, own.Public(), key)
		if err != nil {
			return nil, fmt.Errorf("making a certificate: %w", err)
		}
		return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: own}, nil
	}
	if c.good, err = leaf(2, now.Add(-time.Hour), now.AddDate(0, 3, 0)); err != nil {
		return nil, err
	}
	c.expired, err = leaf(3, now.AddDate(0, -3, 0), now.AddDate(0, 0, -1))
	return c, err
}
