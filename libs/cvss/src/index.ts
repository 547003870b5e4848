export { type CvssRating, type CvssScore, cvssScore } from './score.ts';
export { type CvssVector, type CvssVersion, cvssText, type MalformedCvss, parseCvss } from './vector.ts';
