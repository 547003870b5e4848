import { ok } from '@clair/model';
import type { Scanner } from '../../scanner.ts';
import { labelledProduct } from '../rhel-labels/index.ts';
import { dockerfileLabels } from './dockerfile-labels.ts';

const PATH = /^root\/buildinfo\/Dockerfile-[^/]+$/;

/** The product that an older image of Red Hat's is, from the file it was built with. @see https://docs.docker.com/reference/dockerfile/ */
export const rhelDockerfile = {
  id: 'rhel-dockerfile',
  version: '1',
  kind: 'repository',
  fileBytesMax: 1024 * 1024,
  wants: (path) => path.startsWith('root/buildinfo/') && PATH.test(path),
  read(file) {
    const { labels, problems } = dockerfileLabels(file.text());
    const outcome = labelledProduct(labels.get('cpe'));
    return ok({ ...outcome, problems: [...problems, ...outcome.problems] });
  },
} satisfies Scanner;
