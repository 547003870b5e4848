import type { CvssVersion } from './vector.ts';

/** One metric of a version: its name and values as they stand in a vector. */
export interface Metric {
  readonly name: string;
  readonly values: readonly string[];
}

/** Metrics that come together. */
export interface MetricGroup {
  readonly name: 'base' | 'threat' | 'environmental' | 'supplemental';
  /** All of them must be there. `whole`: or none. `any`: each may be absent. */
  readonly need: 'all' | 'whole' | 'any';
  readonly metrics: readonly Metric[];
}

/** `AV:NAL`: one letter a value; `E:U,POC,F`: words. */
function metrics(text: string): readonly Metric[] {
  return text.split(' ').map((one) => {
    const [name = '', values = ''] = one.split(':');
    return { name, values: values.includes(',') ? values.split(',') : [...values] };
  });
}

const V3: readonly MetricGroup[] = [
  { name: 'base', need: 'all', metrics: metrics('AV:NALP AC:LH PR:NLH UI:NR S:UC C:HLN I:HLN A:HLN') },
  { name: 'threat', need: 'any', metrics: metrics('E:XHFPU RL:XUWTO RC:XCRU') },
  {
    name: 'environmental',
    need: 'any',
    metrics: metrics('CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MPR:XNLH MUI:XNR MS:XUC MC:XNLH MI:XNLH MA:XNLH'),
  },
];

/** In the order of the specifications. */
export const METRIC_GROUPS: Readonly<Record<CvssVersion, readonly MetricGroup[]>> = {
  '2.0': [
    { name: 'base', need: 'all', metrics: metrics('AV:LAN AC:HML Au:MSN C:NPC I:NPC A:NPC') },
    { name: 'threat', need: 'whole', metrics: metrics('E:U,POC,F,H,ND RL:OF,TF,W,U,ND RC:UC,UR,C,ND') },
    {
      name: 'environmental',
      need: 'whole',
      metrics: metrics('CDP:N,L,LM,MH,H,ND TD:N,L,M,H,ND CR:L,M,H,ND IR:L,M,H,ND AR:L,M,H,ND'),
    },
  ],
  '3.0': V3,
  '3.1': V3,
  '4.0': [
    {
      name: 'base',
      need: 'all',
      metrics: metrics('AV:NALP AC:LH AT:NP PR:NLH UI:NPA VC:HLN VI:HLN VA:HLN SC:HLN SI:HLN SA:HLN'),
    },
    { name: 'threat', need: 'any', metrics: metrics('E:XAPU') },
    {
      name: 'environmental',
      need: 'any',
      metrics: metrics(
        'CR:XHML IR:XHML AR:XHML MAV:XNALP MAC:XLH MAT:XNP MPR:XNLH MUI:XNPA MVC:XHLN MVI:XHLN MVA:XHLN MSC:XHLN MSI:XSHLN MSA:XSHLN',
      ),
    },
    {
      name: 'supplemental',
      need: 'any',
      metrics: metrics('S:XNP AU:XNY R:XAUI V:XDC RE:XLMH U:X,Clear,Green,Amber,Red'),
    },
  ],
};
