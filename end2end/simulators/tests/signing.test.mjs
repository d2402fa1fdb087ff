// Our signing against vectors computed by the providers' own libraries.
// A signature that only agrees with itself proves nothing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as signing from "../kernel/signing.mjs";

const vectors = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url)));

const sign = {
  meta_x_hub_signature_256: (v) => signing.metaSignature(v.secret, v.body),
  meta_appsecret_proof: (v) => signing.appsecretProof(v.secret, v.body),
  line_x_line_signature: (v) => signing.lineSignature(v.secret, v.body),
  twilio_x_twilio_signature_form: (v) => signing.twilioSignature(v.secret, v.url, new URLSearchParams(v.body)),
  twilio_x_twilio_signature_json: (v) => signing.twilioSignature(v.secret, v.url, []),
  twilio_x_twilio_signature_sharedkey: (v) => signing.twilioSignature(v.secret, v.url, new URLSearchParams(v.body), "sha256"),
  x_crc: (v) => signing.xChallenge(v.secret, v.body),
  x_twitter_webhooks_signature: (v) => signing.xSignature(v.secret, v.body),
  bandwidth_basic_auth: (v) => signing.basic(v.secret.user, v.secret.password),
  x_oauth1_request: (v) =>
    signing.oauth1Signature(v.secret.consumer_secret, v.secret.token_secret, v.method, v.url, Object.entries({ oauth_nonce: v.oauth_nonce, oauth_timestamp: v.oauth_timestamp, oauth_version: "1.0", oauth_signature_method: "HMAC-SHA1", oauth_consumer_key: v.secret.consumer_key, oauth_token: v.secret.token })),
};

for (const [at, vector] of vectors.entries()) {
  test(`${vector.scheme} (${at})`, () => {
    const signature = sign[vector.scheme](vector);
    assert.equal(signature, vector.signature);
    for (const wrong of vector.never) assert.notEqual(signature, wrong);
    if (vector.scheme.endsWith("_json")) assert.equal(signing.twilioJsonAddress(vector.url.split("?")[0], vector.body), vector.url);
    if (vector.string_to_sign && vector.scheme.endsWith("_form")) assert.equal(signing.twilioText(vector.url, new URLSearchParams(vector.body)), vector.string_to_sign);
  });
}

test("Meta's JSON is the one whose signature a re-encoded body breaks", () => {
  const vector = vectors.find((one) => one.scheme === "meta_x_hub_signature_256");
  assert.equal(signing.metaJson(JSON.parse(vector.body)), vector.body);
});
