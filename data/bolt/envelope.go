package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"

	"github.com/superoffice/statusd/data"
)

// A record is: format (1 byte), schema version (2 bytes), CRC-32C (4 bytes), JSON. The checksum covers table, key, format,
// schema and JSON, so a record is also detected that stands under another's key.
const (
	envelopeFormat = 1
	envelopeSize   = 7
	recordSchema   = 1 // raised when a noun's JSON can no longer be read by the program before
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(table data.TableName, key string, head, doc []byte) uint32 {
	c := crc32.Update(0, castagnoli, []byte(table))
	c = crc32.Update(c, castagnoli, []byte{0})
	c = crc32.Update(c, castagnoli, []byte(key))
	c = crc32.Update(c, castagnoli, []byte{0})
	c = crc32.Update(c, castagnoli, head)
	return crc32.Update(c, castagnoli, doc)
}

func seal(table data.TableName, key string, doc []byte) []byte {
	b := make([]byte, envelopeSize, envelopeSize+len(doc))
	b[0] = envelopeFormat
	binary.BigEndian.PutUint16(b[1:], recordSchema)
	binary.BigEndian.PutUint32(b[3:], checksum(table, key, b[:3], doc))
	return append(b, doc...)
}

// unseal returns the JSON inside b, which stays the transaction's memory.
func unseal(table data.TableName, key string, b []byte) ([]byte, error) {
	if len(b) < envelopeSize {
		return nil, fmt.Errorf("%s %q: %w: only %d bytes", table, key, data.ErrDamaged, len(b))
	}
	doc := b[envelopeSize:]
	if binary.BigEndian.Uint32(b[3:]) != checksum(table, key, b[:3], doc) {
		return nil, fmt.Errorf("%s %q: %w: its checksum does not fit", table, key, data.ErrDamaged)
	}
	if b[0] != envelopeFormat {
		return nil, fmt.Errorf("%s %q: %w: envelope format %d is unknown", table, key, data.ErrDamaged, b[0])
	}
	if v := binary.BigEndian.Uint16(b[1:]); v > recordSchema {
		return nil, fmt.Errorf("%s %q was written by a newer statusd (record schema %d, this one knows %d): use that version", table, key, v, recordSchema)
	}
	return doc, nil
}

func decode[V any](table data.TableName, key string, b []byte) (V, error) {
	var v V
	doc, err := unseal(table, key, b)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(doc, &v); err != nil {
		return v, fmt.Errorf("%s %q: %w: %w", table, key, data.ErrDamaged, err)
	}
	return v, nil
}
