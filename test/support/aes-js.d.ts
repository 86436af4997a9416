// aes-js 3.1.2 comes without types: what the tests use of it.

declare module "aes-js" {
  export class CbcCipher {
    constructor(key: Uint8Array, iv: Uint8Array);
    encrypt(bytes: Uint8Array): Uint8Array;
    decrypt(bytes: Uint8Array): Uint8Array;
  }
  const aes: {
    ModeOfOperation: { cbc: typeof CbcCipher };
    padding: {
      pkcs7: { pad(bytes: Uint8Array): Uint8Array; strip(bytes: Uint8Array): Uint8Array };
    };
  };
  export default aes;
}
