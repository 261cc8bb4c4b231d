/** Slow hashing of passwords, passed in because it is the runtime's (ASVS 11.4.2). */
export interface PasswordHasher {
  /** A PHC string of argon2id, such as `$argon2id$v=19$m=19456,t=2,p=1$…`. */
  hash(password: string): Promise<string>;
  /** False for any password when `hash` is no such string. */
  verify(hash: string, password: string): Promise<boolean>;
}
