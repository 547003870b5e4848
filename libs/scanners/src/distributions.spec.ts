import { describe, expect, it } from 'vitest';
import { namespaceOf } from './distributions.ts';

describe('namespaceOf', () => {
  it.each([
    { did: 'debian', versionId: '12', versionCodeName: 'bookworm', namespace: 'debian:12' },
    { did: 'debian', versionId: '10.8', versionCodeName: '', namespace: 'debian:10' },
    { did: 'debian', versionId: '7', versionCodeName: '', namespace: 'debian:7' },
    { did: 'debian', versionId: '', versionCodeName: 'trixie', namespace: 'debian:13' },
    { did: 'debian', versionId: '', versionCodeName: 'forky', namespace: 'debian:14' },
    { did: 'debian', versionId: '', versionCodeName: 'sid', namespace: 'debian:sid' },
    { did: 'debian', versionId: '', versionCodeName: 'notyet', namespace: 'debian:sid' },
    { did: 'debian', versionId: '', versionCodeName: '', namespace: '' },
    { did: 'debian', versionId: 'twelve', versionCodeName: 'bookworm', namespace: '' },
    { did: 'alpine', versionId: '3.20.1', versionCodeName: '', namespace: 'alpine:v3.20' },
    { did: 'alpine', versionId: '3.9', versionCodeName: '', namespace: 'alpine:v3.9' },
    { did: 'alpine', versionId: '3.21_alpha20240923', versionCodeName: '', namespace: 'alpine:edge' },
    { did: 'alpine', versionId: '3.22.0_alpha20250108', versionCodeName: '', namespace: 'alpine:edge' },
    { did: 'alpine', versionId: 'edge', versionCodeName: '', namespace: 'alpine:edge' },
    { did: 'alpine', versionId: '3', versionCodeName: '', namespace: '' },
    { did: 'alpine', versionId: '', versionCodeName: '', namespace: '' },
    { did: 'ubuntu', versionId: '24.04', versionCodeName: 'noble', namespace: '' },
    { did: 'raspbian', versionId: '12', versionCodeName: 'bookworm', namespace: '' },
    { did: '', versionId: '12', versionCodeName: '', namespace: '' },
  ])('$did $versionId $versionCodeName: "$namespace"', ({ namespace, ...identity }) => {
    expect(namespaceOf(identity)).toBe(namespace);
  });
});
