CREATE TABLE "blocks" (
	"blocker_id" uuid NOT NULL,
	"blocked_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "blocks_blocker_id_blocked_id_pk" PRIMARY KEY("blocker_id","blocked_id")
);
--> statement-breakpoint
CREATE TABLE "follows" (
	"follower_id" uuid NOT NULL,
	"followed_id" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "follows_follower_id_followed_id_pk" PRIMARY KEY("follower_id","followed_id")
);
--> statement-breakpoint
CREATE TABLE "friendships" (
	"low" uuid NOT NULL,
	"high" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "friendships_low_high_pk" PRIMARY KEY("low","high")
);
--> statement-breakpoint
CREATE TABLE "invites" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"from_id" uuid NOT NULL,
	"to_id" uuid,
	"conversation_id" uuid,
	"email" text,
	"email_key" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"slot" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"author_id" uuid NOT NULL,
	"content" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "blocks_newest" ON "blocks" USING btree ("blocker_id","created_at","blocked_id");--> statement-breakpoint
CREATE INDEX "blocks_blocked" ON "blocks" USING btree ("blocked_id");--> statement-breakpoint
CREATE INDEX "follows_following" ON "follows" USING btree ("follower_id","created_at","followed_id");--> statement-breakpoint
CREATE INDEX "follows_followers" ON "follows" USING btree ("followed_id","created_at","follower_id");--> statement-breakpoint
CREATE INDEX "friendships_high" ON "friendships" USING btree ("high","low");--> statement-breakpoint
CREATE UNIQUE INDEX "invites_slot" ON "invites" USING btree ("slot");--> statement-breakpoint
CREATE INDEX "invites_received" ON "invites" USING btree ("to_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invites_sent" ON "invites" USING btree ("from_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invites_pending" ON "invites" USING btree ("from_id","to_id") WHERE status = 'pending';--> statement-breakpoint
CREATE INDEX "invites_unclaimed" ON "invites" USING btree ("email_key") WHERE to_id is null and status = 'pending';--> statement-breakpoint
CREATE INDEX "posts_by_author" ON "posts" USING btree ("author_id","created_at","id");--> statement-breakpoint
CREATE INDEX "accounts_discoverable" ON "accounts" USING btree (username collate "C") WHERE discoverable;