import { declareLoss } from "../sessions/declared-loss.ts";
import { readArguments } from "./arguments.ts";
import { UsageError } from "./failure.ts";
import { withOperator } from "./operator.ts";

export async function declareLossCommand(args: string[]): Promise<number> {
  const { values } = readArguments(args, [], { days: { type: "string", default: "7" } });
  const days = Number(values.days);
  if (!(days >= 1 && days <= 400)) throw new UsageError("--days takes a number from 1 to 400.");
  return withOperator(async ({ store }) => {
    await declareLoss(store.keys, (await store.now()) + days * 86_400_000);
    process.stdout.write(
      `For ${days} days, refresh tokens whose session this database does not have are answered with a sign-out. Sessions that it has are not touched.\n`,
    );
    return 0;
  });
}
